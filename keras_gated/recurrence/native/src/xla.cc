// The loops as custom calls of XLA. Those pointers of the structs in loops.h that are
// not null come in their order, as arguments or results; masks say which they are.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "loops.h"
#include "xla/ffi/api/ffi.h"

namespace keras_gated {
namespace {

namespace ffi = xla::ffi;

template <typename Buffers>
class Pointers {
 public:
  Pointers(const Buffers& buffers, std::int64_t mask) : buffers_(buffers), mask_(mask) {}

  // The data of the next buffer, or null if the mask says that there is none.
  template <typename Value>
  Value* next() {
    const bool given = mask_ & 1;
    mask_ >>= 1;
    return given ? static_cast<Value*>(data(buffers_, used_++)) : nullptr;
  }

 private:
  static void* data(const ffi::RemainingArgs& buffers, std::size_t index) {
    return buffers.get<ffi::AnyBuffer>(index)->untyped_data();
  }
  static void* data(const ffi::RemainingRets& buffers, std::size_t index) {
    return (*buffers.get<ffi::AnyBuffer>(index))->untyped_data();
  }

  const Buffers& buffers_;
  std::int64_t mask_;
  std::size_t used_ = 0;
};

// Fewer than XLA has itself if OMP_NUM_THREADS says so; devices of one CPU share them.
int threads(ffi::ThreadPool pool, std::int64_t devices) {
  std::int64_t most = std::max<std::int64_t>(1, pool.num_threads() / devices);
  const char* asked = std::getenv("OMP_NUM_THREADS");
  const long limit = asked ? std::strtol(asked, nullptr, 10) : 0;
  return static_cast<int>(limit > 0 ? std::min<std::int64_t>(most, limit) : most);
}

template <typename Arguments>
Loop read_loop(std::int64_t unit, std::int64_t steps, std::int64_t batch,
               std::int64_t features, std::int64_t units, int threads,
               Arguments& arguments) {
  Loop loop;
  loop.unit = static_cast<Unit>(unit);
  loop.steps = steps;
  loop.batch = batch;
  loop.features = features;
  loop.units = units;
  loop.inputs = arguments.template next<const float>();
  loop.kernel = arguments.template next<const float>();
  loop.bias = arguments.template next<const float>();
  loop.recurrent_kernel = arguments.template next<const float>();
  loop.recurrent_bias = arguments.template next<const float>();
  loop.peepholes = arguments.template next<const float>();
  loop.valid = arguments.template next<const std::uint8_t>();
  loop.dropout_mask = arguments.template next<const float>();
  loop.first_output = arguments.template next<const float>();
  loop.first_carry = arguments.template next<const float>();
  loop.threads = threads;
  return loop;
}

template <typename Work>
ffi::Error guarded(Work work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    return ffi::Error(ffi::ErrorCode::kResourceExhausted,
                      "No memory for a copy of the recurrent weights.");
  }
  return ffi::Error::Success();
}

ffi::Error forward(ffi::ThreadPool pool, std::int64_t unit, std::int64_t steps,
                   std::int64_t batch, std::int64_t features, std::int64_t units,
                   std::int64_t devices, std::int64_t reads, std::int64_t writes,
                   ffi::RemainingArgs given, ffi::RemainingRets wanted) {
  Pointers arguments(given, reads);
  Pointers results(wanted, writes);
  const Loop loop = read_loop(unit, steps, batch, features, units,
                              threads(pool, devices), arguments);
  Forward arrays;
  arrays.outputs = results.next<float>();
  arrays.last_output = results.next<float>();
  arrays.carries = results.next<float>();
  arrays.last_carry = results.next<float>();
  arrays.kept = results.next<float>();
  return guarded([&] { run_forward(loop, arrays); });
}

ffi::Error backward(ffi::ThreadPool pool, std::int64_t unit, std::int64_t steps,
                    std::int64_t batch, std::int64_t features, std::int64_t units,
                    std::int64_t devices, std::int64_t reads, std::int64_t writes,
                    ffi::RemainingArgs given, ffi::RemainingRets wanted) {
  Pointers arguments(given, reads);
  Pointers results(wanted, writes);
  const Loop loop = read_loop(unit, steps, batch, features, units,
                              threads(pool, devices), arguments);
  Backward arrays;
  arrays.outputs = arguments.next<const float>();
  arrays.carries = arguments.next<const float>();
  arrays.kept = arguments.next<const float>();
  arrays.d_outputs = arguments.next<const float>();
  arrays.d_last_output = arguments.next<const float>();
  arrays.d_last_carry = arguments.next<const float>();
  arrays.d_inputs = results.next<float>();
  arrays.d_first_output = results.next<float>();
  arrays.d_first_carry = results.next<float>();
  arrays.d_kernel = results.next<float>();
  arrays.d_bias = results.next<float>();
  arrays.d_recurrent_kernel = results.next<float>();
  arrays.d_recurrent_bias = results.next<float>();
  arrays.d_peepholes = results.next<float>();
  return guarded([&] { run_backward(loop, arrays); });
}

auto binding() {
  return ffi::Ffi::Bind()
      .Ctx<ffi::ThreadPool>()
      .Attr<std::int64_t>("unit")
      .Attr<std::int64_t>("steps")
      .Attr<std::int64_t>("batch")
      .Attr<std::int64_t>("features")
      .Attr<std::int64_t>("units")
      .Attr<std::int64_t>("devices")
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
