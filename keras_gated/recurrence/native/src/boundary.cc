#include "boundary.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace keras_gated {
namespace {

// No memory has so many bytes, and a few times that many still fit into 64 bits.
constexpr std::int64_t kMostOfAnAxis = std::int64_t{1} << 48;
constexpr std::int64_t kMostThreads = 1 << 16;

enum class Need { never, maybe, always };

Need if_and_only_if(bool condition) { return condition ? Need::always : Need::never; }

void check_axis(std::int64_t size) {
  if (size < 1 || size > kMostOfAnAxis) {
    throw std::invalid_argument("an axis cannot have the size " + std::to_string(size));
  }
}

void check(const Sizes& sizes) {
  if (sizes.unit < 0 || sizes.unit > static_cast<std::int64_t>(Unit::simple_rnn)) {
    throw std::invalid_argument("there is no unit of number " +
                                std::to_string(sizes.unit));
  }
  // Nothing happens without steps; without anything else there is nothing to work on.
  if (sizes.steps) check_axis(sizes.steps);
  check_axis(sizes.batch);
  check_axis(sizes.features);
  check_axis(sizes.units);
}

// Hands out the arrays of a call, one after the other.
class Arrays {
 public:
  Arrays(const Sizes* sizes, const Array* arrays, std::int64_t given,
         std::int64_t needed)
      : array_(arrays) {
    if (!sizes || !arrays || given != needed) {
      throw std::invalid_argument("a call needs its sizes and " +
                                  std::to_string(needed) + " arrays");
    }
    check(*sizes);
    sizes_ = *sizes;
  }

  Unit unit() const { return static_cast<Unit>(sizes_.unit); }

  // The loop's own part, which comes first.
  Loop loop();

  // The next array, with an axis for each letter of `axes`, which are those of call.py.
  template <typename Number>
  Number* next(const char* name, const std::string& axes, Need need) {
    constexpr bool is_float = std::is_same_v<std::remove_const_t<Number>, float>;
    const Array& array = *array_++;
    if (array.type == Type::none) {
      if (need == Need::always) throw std::invalid_argument(missing(name, "lacks"));
      return nullptr;
    }
    if (need == Need::never) throw std::invalid_argument(missing(name, "has no use for"));
    if (array.type != (is_float ? Type::float32 : Type::boolean) ||
        !has_shape(array, axes) || !has_bytes<Number>(array)) {
      throw std::invalid_argument(mismatch(name, array, axes, is_float));
    }
    return reinterpret_cast<Number*>(array.address);
  }

 private:
  std::int64_t size(char axis) const {
    switch (axis) {
      case 'b': return sizes_.batch;
      case 't': return sizes_.steps;
      case 'd': return sizes_.features;
      case 'h': return sizes_.units;
      case 'p': return sizes_.units * blocks(unit());
      case 'k': return sizes_.units * kept_blocks(unit());
      default: return kPeepholes;
    }
  }

  bool has_shape(const Array& array, const std::string& axes) const {
    return array.axes == static_cast<std::int64_t>(axes.size()) &&
           std::equal(axes.begin(), axes.end(), array.shape,
                      [&](char axis, std::int64_t length) {
                        return size(axis) == length;
                      });
  }

  // Whether they are there, all of them, and where numbers may be.
  template <typename Number>
  static bool has_bytes(const Array& array) {
    std::int64_t bytes = sizeof(Number);
    for (std::int64_t axis = 0; axis < array.axes; ++axis) {
      if (__builtin_mul_overflow(bytes, array.shape[axis], &bytes)) return false;
    }
    return array.bytes == bytes && (array.address || !bytes) &&
           array.address % alignof(Number) == 0;
  }

  std::string missing(const char* name, const char* how) const {
    return "the call of unit " + std::to_string(sizes_.unit) + " " + how + " " + name;
  }

  std::string mismatch(const char* name, const Array& array, const std::string& axes,
                       bool is_float) const {
    std::int64_t needed[kMostAxes];
    std::transform(axes.begin(), axes.end(), needed,
                   [&](char axis) { return size(axis); });
    const Type type = is_float ? Type::float32 : Type::boolean;
    return std::string(name) + " is " + described(array.type, array.shape, array.axes) +
           " in " + std::to_string(array.bytes) + " bytes; the call needs " +
           described(type, needed, static_cast<std::int64_t>(axes.size()));
  }

  static std::string described(Type type, const std::int64_t* shape, std::int64_t axes) {
    std::string text = type == Type::float32   ? "float32"
                       : type == Type::boolean ? "bool"
                                               : "of another type";
    if (axes < 0 || axes > kMostAxes) return text + " with another number of axes";
    for (std::int64_t axis = 0; axis < axes; ++axis) {
      text += (axis ? ", " : " (") + std::to_string(shape[axis]);
    }
    return text + (axes ? ")" : " ()");
  }

  Sizes sizes_;
  const Array* array_;
};

Loop Arrays::loop() {
  const bool lstm = unit() == Unit::lstm, after = unit() == Unit::gru_reset_after;
  const Need recurrent_bias = after ? Need::maybe : Need::never;
  const Need peepholes = lstm ? Need::maybe : Need::never;
  Loop loop;
  loop.unit = unit();
  loop.steps = sizes_.steps;
  loop.batch = sizes_.batch;
  loop.features = sizes_.features;
  loop.units = sizes_.units;
  loop.inputs = next<const float>("inputs", "btd", Need::always);
  loop.kernel = next<const float>("kernel", "dp", Need::always);
  loop.bias = next<const float>("bias", "p", Need::maybe);
  loop.recurrent_kernel = next<const float>("recurrent_kernel", "hp", Need::always);
  loop.recurrent_bias = next<const float>("recurrent_bias", "p", recurrent_bias);
  loop.peepholes = next<const float>("peepholes", "gh", peepholes);
  loop.valid = next<const std::uint8_t>("valid", "bt", Need::maybe);
  loop.dropout_mask = next<const float>("dropout_mask", "bh", Need::maybe);
  loop.first_output = next<const float>("first_output", "bh", Need::always);
  loop.first_carry = next<const float>("first_carry", "bh", if_and_only_if(lstm));
  loop.threads = static_cast<int>(
      std::clamp<std::int64_t>(sizes_.threads, 1, kMostThreads));
  return loop;
}

}  // namespace

ForwardCall forward_call(const Sizes* sizes, const Array* arrays, std::int64_t count) {
  Arrays given(sizes, arrays, count, kLoopArrays + kForwardArrays);
  const bool lstm = given.unit() == Unit::lstm;
  ForwardCall call;
  call.loop = given.loop();
  Forward& to = call.forward;
  to.outputs = given.next<float>("outputs", "bth", Need::always);
  to.last_output = given.next<float>("last_output", "bh", Need::always);
  to.carries = given.next<float>("carries", "tbh", lstm ? Need::maybe : Need::never);
  to.last_carry = given.next<float>("last_carry", "bh", if_and_only_if(lstm));
  to.kept = given.next<float>("kept", "tbk", Need::maybe);
  return call;
}

BackwardCall backward_call(const Sizes* sizes, const Array* arrays, std::int64_t count) {
  Arrays given(sizes, arrays, count, kLoopArrays + kBackwardArrays);
  const Unit unit = given.unit();
  const bool lstm = unit == Unit::lstm;
  BackwardCall call;
  const Loop& loop = call.loop = given.loop();
  Backward& to = call.backward;
  to.outputs = given.next<const float>("outputs", "bth", Need::always);
  to.carries = given.next<const float>("carries", "tbh", if_and_only_if(lstm));
  to.kept = given.next<const float>("kept", "tbk",
                                    kept_blocks(unit) ? Need::always : Need::maybe);
  to.d_outputs = given.next<const float>("d_outputs", "bth", Need::always);
  to.d_last_output = given.next<const float>("d_last_output", "bh", Need::maybe);
  to.d_last_carry = given.next<const float>("d_last_carry", "bh",
                                            lstm ? Need::maybe : Need::never);
  to.d_inputs = given.next<float>("d_inputs", "btd", Need::maybe);
  to.d_first_output = given.next<float>("d_first_output", "bh", Need::always);
  to.d_first_carry = given.next<float>("d_first_carry", "bh", if_and_only_if(lstm));
  to.d_kernel = given.next<float>("d_kernel", "dp", Need::always);
  to.d_bias = given.next<float>("d_bias", "p", if_and_only_if(loop.bias));
  to.d_recurrent_kernel = given.next<float>("d_recurrent_kernel", "hp", Need::always);
  to.d_recurrent_bias =
      given.next<float>("d_recurrent_bias", "p", if_and_only_if(loop.recurrent_bias));
  to.d_peepholes =
      given.next<float>("d_peepholes", "gh", if_and_only_if(loop.peepholes));
  return call;
}

}  // namespace keras_gated
