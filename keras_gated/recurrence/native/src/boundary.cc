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

template <typename Held>
constexpr Type type_of = is_other;
#define KERAS_GATED_TYPE_OF(name, held) \
  template <>                           \
  constexpr Type type_of<held> = is_##name;
KERAS_GATED_TYPES(KERAS_GATED_TYPE_OF)

std::string name_of(std::int64_t type) {
#define KERAS_GATED_NAME_OF(name, held) case is_##name: return #name;
  switch (type) {
    KERAS_GATED_TYPES(KERAS_GATED_NAME_OF)
    default: return "of another type";
  }
}

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
template <typename Number>
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

#define KERAS_GATED_NEXT(held, name, axes, given) \
  to.name = next<held>(#name, axes, given());

  // Comes first.
  Loop<Number> loop() {
    Loop<Number>& to = loop_;
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

  Forward<Number> forward() {
    Forward<Number> to;
    KERAS_GATED_FORWARD_WRITES(KERAS_GATED_NEXT)
    return to;
  }

  Backward<Number> backward() {
    Backward<Number> to;
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
  Need with_carry() const { return only_if(has_carry(unit())); }
  Need maybe_with_carry() const { return maybe_if(has_carry(unit())); }
  Need maybe_peepholes() const { return maybe_if(peephole_rows(unit())); }
  Need maybe_recurrent_bias() const { return maybe_if(recurrent_bias_blocks(unit())); }
  Need where_kept() const { return kept_blocks(unit()) ? Need::always : Need::maybe; }
  Need as_bias() const { return only_if(loop_.bias); }
  Need as_recurrent_bias() const { return only_if(loop_.recurrent_bias); }
  Need as_peepholes() const { return only_if(loop_.peepholes); }

  // The next array, with an axis for each letter of `axes`.
  template <typename Held>
  Held* next(const char* name, const std::string& axes, Need need) {
    constexpr Type type = type_of<std::remove_const_t<Held>>;
    const Array& array = *array_++;
    if (array.type == is_missing) {
      if (need == Need::always) throw std::invalid_argument(missing(name, "lacks"));
      return nullptr;
    }
    if (need == Need::never) throw std::invalid_argument(missing(name, "has no use for"));
    if (array.type != type || !has_shape(array, axes) || !has_bytes<Held>(array)) {
      throw std::invalid_argument(mismatch(name, array, axes, type));
    }
    return reinterpret_cast<Held*>(array.address);
  }

  std::int64_t size(char axis) const {
#define KERAS_GATED_LENGTH(letter, name) case letter: return sizes_.name;
    switch (axis) {
      KERAS_GATED_AXES(KERAS_GATED_LENGTH)
      case 'p': return sizes_.units * blocks(unit());
      case 'q': return sizes_.units * recurrent_blocks(unit());
      case 'r': return sizes_.units * seen_blocks(unit());
      case 's': return sizes_.units * recurrent_bias_blocks(unit());
      case 'k': return sizes_.units * kept_blocks(unit());
      case 'w': return sizes_.units * carry_blocks(unit());
      default: return peephole_rows(unit());
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
  template <typename Held>
  static bool has_bytes(const Array& array) {
    std::int64_t bytes = sizeof(Held);
    for (std::int64_t axis = 0; axis < array.axes; ++axis) {
      if (__builtin_mul_overflow(bytes, array.shape[axis], &bytes)) return false;
    }
    return array.bytes == bytes && (array.address || !bytes) &&
           array.address % alignof(Held) == 0;
  }

  std::string missing(const char* name, const char* how) const {
    return "the call of unit " + std::to_string(sizes_.unit) + " " + how + " " + name;
  }

  std::string mismatch(const char* name, const Array& array, const std::string& axes,
                       Type type) const {
    std::int64_t needed[kMostAxes];
    std::transform(axes.begin(), axes.end(), needed,
                   [&](char axis) { return size(axis); });
    return std::string(name) + " is " + described(array.type, array.shape, array.axes) +
           " in " + std::to_string(array.bytes) + " bytes; the call needs " +
           described(type, needed, static_cast<std::int64_t>(axes.size()));
  }

  static std::string described(std::int64_t type, const std::int64_t* shape,
                               std::int64_t axes) {
    std::string text = name_of(type);
    if (axes < 0 || axes > kMostAxes) return text + " with another number of axes";
    for (std::int64_t axis = 0; axis < axes; ++axis) {
      text += (axis ? ", " : " (") + std::to_string(shape[axis]);
    }
    return text + (axes ? ")" : " ()");
  }

  Sizes sizes_;
  Loop<Number> loop_;
  const Array* array_;
};

}  // namespace

template <typename Number>
ForwardCall<Number> forward_call(const Sizes* sizes, const Array* arrays,
                                 std::int64_t count) {
  Arrays<Number> given(sizes, arrays, count, kLoopArrays + kForwardWrites);
  const Loop<Number> loop = given.loop();
  return {loop, given.forward()};
}

template <typename Number>
BackwardCall<Number> backward_call(const Sizes* sizes, const Array* arrays,
                                   std::int64_t count) {
  Arrays<Number> given(sizes, arrays, count,
                       kLoopArrays + kBackwardReads + kBackwardWrites);
  const Loop<Number> loop = given.loop();
  return {loop, given.backward()};
}

#define KERAS_GATED_CALLS(Number)                                                   \
  template ForwardCall<Number> forward_call(const Sizes*, const Array*, std::int64_t); \
  template BackwardCall<Number> backward_call(const Sizes*, const Array*, std::int64_t);
KERAS_GATED_NUMBERS(KERAS_GATED_CALLS)

}  // namespace keras_gated
