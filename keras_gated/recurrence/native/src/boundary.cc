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

void check_axis(std::int64_t size) {
  if (size < 1 || size > kMostOfAnAxis) {
    throw std::invalid_argument("an axis cannot have the size " + std::to_string(size));
  }
}

void check(const Sizes& sizes) {
  if (sizes.unit < 0 || sizes.unit >= kUnits) {
    throw std::invalid_argument("there is no unit of number " +
                                std::to_string(sizes.unit));
  }
  // Nothing happens without steps; without anything else there is nothing to work on.
  if (sizes.steps) check_axis(sizes.steps);
  check_axis(sizes.batch);
  check_axis(sizes.features);
  check_axis(sizes.units);
}

// Hands out the arrays of a call, one after the other, to the pointers of its structs.
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

#define KERAS_GATED_NEXT(number, name, axes, given) \
  to.name = next<number>(#name, axes, given());

  // Comes first.
  Loop loop() {
    Loop& to = loop_;
    to.unit = unit();
    to.steps = sizes_.steps;
    to.batch = sizes_.batch;
    to.features = sizes_.features;
    to.units = sizes_.units;
    KERAS_GATED_LOOP(KERAS_GATED_NEXT)
    to.threads =
        static_cast<int>(std::clamp<std::int64_t>(sizes_.threads, 1, kMostThreads));
    return to;
  }

  Forward forward() {
    Forward to;
    KERAS_GATED_FORWARD_WRITES(KERAS_GATED_NEXT)
    return to;
  }

  Backward backward() {
    Backward to;
    KERAS_GATED_BACKWARD_READS(KERAS_GATED_NEXT)
    KERAS_GATED_BACKWARD_WRITES(KERAS_GATED_NEXT)
    return to;
  }

 private:
  Unit unit() const { return static_cast<Unit>(sizes_.unit); }

  // When an array is there, in the words of layout.py.
  static Need only_if(bool condition) { return condition ? Need::always : Need::never; }
  static Need maybe_if(bool condition) { return condition ? Need::maybe : Need::never; }
  Need always() const { return Need::always; }
  Need maybe() const { return Need::maybe; }
  Need lstm() const { return only_if(unit() == Unit::lstm); }
  Need maybe_lstm() const { return maybe_if(unit() == Unit::lstm); }
  Need maybe_reset_after() const { return maybe_if(unit() == Unit::gru_reset_after); }
  Need where_kept() const { return kept_blocks(unit()) ? Need::always : Need::maybe; }
  Need as_bias() const { return only_if(loop_.bias); }
  Need as_recurrent_bias() const { return only_if(loop_.recurrent_bias); }
  Need as_peepholes() const { return only_if(loop_.peepholes); }

  // The next array, with an axis for each letter of `axes`.
  template <typename Number>
  Number* next(const char* name, const std::string& axes, Need need) {
    constexpr bool is_float = std::is_same_v<std::remove_const_t<Number>, float>;
    const Array& array = *array_++;
    if (array.type == is_missing) {
      if (need == Need::always) throw std::invalid_argument(missing(name, "lacks"));
      return nullptr;
    }
    if (need == Need::never) throw std::invalid_argument(missing(name, "has no use for"));
    if (array.type != (is_float ? is_float32 : is_bool) || !has_shape(array, axes) ||
        !has_bytes<Number>(array)) {
      throw std::invalid_argument(mismatch(name, array, axes, is_float));
    }
    return reinterpret_cast<Number*>(array.address);
  }

  std::int64_t size(char axis) const {
#define KERAS_GATED_LENGTH(letter, name) case letter: return sizes_.name;
    switch (axis) {
      KERAS_GATED_AXES(KERAS_GATED_LENGTH)
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
    const Type type = is_float ? is_float32 : is_bool;
    return std::string(name) + " is " + described(array.type, array.shape, array.axes) +
           " in " + std::to_string(array.bytes) + " bytes; the call needs " +
           described(type, needed, static_cast<std::int64_t>(axes.size()));
  }

  static std::string described(std::int64_t type, const std::int64_t* shape,
                               std::int64_t axes) {
    std::string text = type == is_float32 ? "float32"
                       : type == is_bool  ? "bool"
                                          : "of another type";
    if (axes < 0 || axes > kMostAxes) return text + " with another number of axes";
    for (std::int64_t axis = 0; axis < axes; ++axis) {
      text += (axis ? ", " : " (") + std::to_string(shape[axis]);
    }
    return text + (axes ? ")" : " ()");
  }

  Sizes sizes_;
  Loop loop_;
  const Array* array_;
};

}  // namespace

ForwardCall forward_call(const Sizes* sizes, const Array* arrays, std::int64_t count) {
  Arrays given(sizes, arrays, count, kLoopArrays + kForwardWrites);
  const Loop loop = given.loop();
  return {loop, given.forward()};
}

BackwardCall backward_call(const Sizes* sizes, const Array* arrays, std::int64_t count) {
  Arrays given(sizes, arrays, count, kLoopArrays + kBackwardReads + kBackwardWrites);
  const Loop loop = given.loop();
  return {loop, given.backward()};
}

}  // namespace keras_gated
