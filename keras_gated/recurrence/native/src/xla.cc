// The loops as custom calls of XLA. Those arrays of layout.py that are there come in its
// order, as arguments or results; masks say which they are.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include "boundary.h"
#include "xla/ffi/api/ffi.h"

namespace keras_gated {
namespace {

namespace ffi = xla::ffi;

ffi::AnyBuffer at(const ffi::RemainingArgs& buffers, std::size_t index) {
  return *buffers.get<ffi::AnyBuffer>(index);
}

ffi::AnyBuffer at(const ffi::RemainingRets& buffers, std::size_t index) {
  return **buffers.get<ffi::AnyBuffer>(index);
}

Array array_of(const ffi::AnyBuffer& buffer) {
  Array array;
  array.type = is_other;
  if (buffer.element_type() == ffi::DataType::F32) array.type = is_float32;
  if (buffer.element_type() == ffi::DataType::BF16) array.type = is_bfloat16;
  if (buffer.element_type() == ffi::DataType::PRED) array.type = is_bool;
  array.address = reinterpret_cast<std::intptr_t>(buffer.untyped_data());
  array.bytes = array.type == is_other ? 0 : buffer.size_bytes();
  const auto shape = buffer.dimensions();
  array.axes = shape.size();
  std::copy_n(shape.begin(), std::min<std::size_t>(shape.size(), kMostAxes),
              array.shape);
  return array;
}

// Appends so many arrays, those that the mask leaves out as none.
template <typename Buffers>
void append(const Buffers& buffers, std::int64_t mask, int count,
            std::vector<Array>& arrays) {
  std::size_t used = 0;
  for (int index = 0; index < count; ++index, mask >>= 1) {
    const bool given = mask & 1 && used < buffers.size();
    arrays.push_back(given ? array_of(at(buffers, used)) : Array{});
    used += mask & 1;
  }
  if (mask || used != buffers.size()) {
    throw std::invalid_argument("the masks do not say which arrays there are");
  }
}

// Fewer than XLA has itself if OMP_NUM_THREADS says so; devices of one CPU share them.
int threads(ffi::ThreadPool pool, std::int64_t devices) {
  std::int64_t most = std::max<std::int64_t>(
      1, pool.num_threads() / std::max<std::int64_t>(1, devices));
  const char* asked = std::getenv("OMP_NUM_THREADS");
  const long limit = asked ? std::strtol(asked, nullptr, 10) : 0;
  return static_cast<int>(limit > 0 ? std::min<std::int64_t>(most, limit) : most);
}

#define KERAS_GATED_PLACE(number, name, axes, given) at_##name,
enum Place { KERAS_GATED_LOOP(KERAS_GATED_PLACE) };

// An empty batch, which the loops do not take, comes where its size was not known before.
bool is_empty(const std::vector<Array>& arrays) {
  const Array& inputs = arrays[at_inputs];
  return inputs.axes > 0 && inputs.shape[0] == 0;
}

// What an empty batch gives: nothing, and no gradient to the weights.
void write_zeros(const ffi::RemainingRets& wanted) {
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    const ffi::AnyBuffer buffer = at(wanted, index);
    if (buffer.size_bytes()) std::memset(buffer.untyped_data(), 0, buffer.size_bytes());
  }
}

template <typename Work>
ffi::Error guarded(Work work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    return ffi::Error(ffi::ErrorCode::kResourceExhausted,
                      "No memory for a copy of the recurrent weights.");
  } catch (const std::invalid_argument& error) {
    return ffi::Error::InvalidArgument(error.what());
  }
  return ffi::Error::Success();
}

using Numbers = ffi::Span<const std::int64_t>;

// The size that was handed over, or that of the array if it was not known then: -1.
std::int64_t known(std::int64_t size, const Array& array, int axis) {
  return size == -1 && axis < array.axes ? array.shape[axis] : size;
}

// In the place of the threads stands how many devices of this CPU share them.
Sizes sizes_of(Numbers numbers, const std::vector<Array>& arrays,
               ffi::ThreadPool pool) {
  if (numbers.size() != kSizes) throw std::invalid_argument("a call needs its sizes");
  Sizes sizes;
  std::memcpy(&sizes, numbers.begin(), sizeof sizes);
  sizes.batch = known(sizes.batch, arrays[at_inputs], 0);
  sizes.steps = known(sizes.steps, arrays[at_inputs], 1);
  sizes.threads = threads(pool, sizes.threads);
  return sizes;
}

ffi::Error forward(ffi::ThreadPool pool, Numbers numbers, std::int64_t reads,
                   std::int64_t writes, ffi::RemainingArgs given,
                   ffi::RemainingRets wanted) {
  return guarded([&] {
    std::vector<Array> arrays;
    append(given, reads, kLoopArrays, arrays);
    append(wanted, writes, kForwardWrites, arrays);
    if (is_empty(arrays)) return write_zeros(wanted);
    const Sizes sizes = sizes_of(numbers, arrays, pool);
    run_forward(&sizes, arrays.data(), arrays.size(), Threads::own);
  });
}

ffi::Error backward(ffi::ThreadPool pool, Numbers numbers, std::int64_t reads,
                    std::int64_t writes, ffi::RemainingArgs given,
                    ffi::RemainingRets wanted) {
  return guarded([&] {
    std::vector<Array> arrays;
    append(given, reads, kLoopArrays + kBackwardReads, arrays);
    append(wanted, writes, kBackwardWrites, arrays);
    if (is_empty(arrays)) return write_zeros(wanted);
    const Sizes sizes = sizes_of(numbers, arrays, pool);
    run_backward(&sizes, arrays.data(), arrays.size(), Threads::own);
  });
}

auto binding() {
  return ffi::Ffi::Bind()
      .Ctx<ffi::ThreadPool>()
      .Attr<Numbers>("sizes")
      .Attr<std::int64_t>("reads")
      .Attr<std::int64_t>("writes")
      .RemainingArgs()
      .RemainingRets();
}

}  // namespace
}  // namespace keras_gated

#define KERAS_GATED_EXPORT __attribute__((visibility("default")))

extern "C" {

KERAS_GATED_EXPORT XLA_FFI_Error* keras_gated_xla_forward(XLA_FFI_CallFrame* frame) {
  static auto* handler =
      keras_gated::binding().To(keras_gated::forward).release();
  return handler->Call(frame);
}

KERAS_GATED_EXPORT XLA_FFI_Error* keras_gated_xla_backward(XLA_FFI_CallFrame* frame) {
  static auto* handler =
      keras_gated::binding().To(keras_gated::backward).release();
  return handler->Call(frame);
}
}
