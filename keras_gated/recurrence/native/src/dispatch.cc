// Memory, threads and instruction set of a call.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <new>
#include <stdexcept>

#include "c_api.h"
#include "denormals.h"
#include "instruction_sets.h"
#include "large_pages.h"
#include "memory.h"
#include "stream.h"
#include "threads.h"

namespace keras_gated {
namespace {

// Fewer than the caller allows where starting a thread takes longer than its work,
// which is counted in multiplications; a unit's activations are worth so many of them.
template <typename Number>
int thread_count(const Loop<Number>& loop) {
  constexpr std::int64_t kWorkOfThread = 1 << 22, kWorkOfActivations = 128;
  const std::int64_t of_unit =
      (loop.features + loop.units * seen_blocks(loop.unit)) * blocks(loop.unit) +
      kWorkOfActivations;
  const std::int64_t work = loop.steps * loop.batch * loop.units * of_unit;
  const std::int64_t worth = std::max<std::int64_t>(1, work / kWorkOfThread);
  const std::int64_t most = std::max(1, loop.threads);
  const std::int64_t useful = std::min({worth, loop.batch, most});
  return static_cast<int>(std::max<std::int64_t>(1, useful));
}

// What a thread does of `count` rows or numbers.
Range part(std::int64_t count, int thread, int threads) {
  return {count * thread / threads, count * (thread + 1) / threads};
}

template <typename Number>
void run(const Loop<Number>& loop, const Forward<Number>& forward, Threads whose) {
  const Kernels<Number>& kernels = instruction_set().kernels<Number>();
  const int threads = thread_count(loop);
  const std::int64_t most_rows = (loop.batch + threads - 1) / threads;
  const std::int64_t stride =
      whole_lines(kernels.forward_scratch_size(loop, most_rows));
  const Numbers packed = allocate(kernels.forward_packed_size(loop));
  const Numbers scratch = allocate(threads * stride);
  const std::int64_t states = loop.steps * loop.batch * loop.units;
  ask_for_large_pages(forward.outputs, states);
  ask_for_large_pages(forward.carries, states * carry_blocks(loop.unit));
  ask_for_large_pages(forward.kept, states * kept_blocks(loop.unit));
  kernels.pack_forward(loop, packed.get());
  run_on_threads(threads, whose, [&](int thread) {
    const FlushDenormals flush;
    kernels.forward(loop, forward, packed.get(), part(loop.batch, thread, threads),
                    scratch.get() + thread * stride);
  });
}

template <typename Number>
void run(const Loop<Number>& loop, const Backward<Number>& backward, Threads whose) {
  const Kernels<Number>& kernels = instruction_set().kernels<Number>();
  const int threads = thread_count(loop);
  const std::int64_t most_rows = (loop.batch + threads - 1) / threads;
  const std::int64_t stride =
      whole_lines(kernels.backward_scratch_size(loop, most_rows));
  const std::int64_t sums_size = kernels.sums_size(loop);
  const std::int64_t sums_stride = whole_lines(sums_size);
  const Numbers packed = allocate(kernels.backward_packed_size(loop, backward));
  const Numbers scratch = allocate(threads * stride);
  const Numbers sums = allocate(threads * sums_stride);
  ask_for_large_pages(backward.d_inputs, loop.steps * loop.batch * loop.features);
  kernels.pack_backward(loop, backward, packed.get());
  run_on_threads(threads, whose, [&](int thread) {
    const FlushDenormals flush;
    kernels.backward(loop, backward, packed.get(), part(loop.batch, thread, threads),
                     scratch.get() + thread * stride,
                     sums.get() + thread * sums_stride);
  });
  constexpr std::int64_t kSumsOfThread = 1 << 18;
  const int adding = sums_size < kSumsOfThread ? 1 : threads;
  run_on_threads(adding, whose, [&](int thread) {
    kernels.add_up(sums.get(), sums_stride, threads, part(sums_size, thread, adding));
  });
  kernels.write_gradients(loop, backward, sums.get());
}

template <typename Number>
void check_and_run_forward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                           Threads whose) {
  const auto call = forward_call<Number>(sizes, arrays, count);
  run(call.loop, call.forward, whose);
}

template <typename Number>
void check_and_run_backward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                            Threads whose) {
  const auto call = backward_call<Number>(sizes, arrays, count);
  run(call.loop, call.backward, whose);
}

// Whether the inputs, which come first, are of it.
bool is_of(Type type, const Array* arrays, std::int64_t count) {
  return arrays && count > 0 && arrays->type == type;
}

}  // namespace

void run_forward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                 Threads whose) {
  if (is_of(is_bfloat16, arrays, count)) {
    return check_and_run_forward<bfloat16>(sizes, arrays, count, whose);
  }
  check_and_run_forward<float32>(sizes, arrays, count, whose);
}

void run_backward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                  Threads whose) {
  if (is_of(is_bfloat16, arrays, count)) {
    return check_and_run_backward<bfloat16>(sizes, arrays, count, whose);
  }
  check_and_run_backward<float32>(sizes, arrays, count, whose);
}

}  // namespace keras_gated

namespace {

enum Result { kDone, kNoMemory, kInvalid };

template <typename Work>
Result guarded(char* message, std::int64_t room, Work work) {
  try {
    work();
    return kDone;
  } catch (const std::bad_alloc&) {
    return kNoMemory;
  } catch (const std::invalid_argument& error) {
    if (message && room > 0) {
      std::snprintf(message, static_cast<std::size_t>(room), "%s", error.what());
    }
    return kInvalid;
  }
}

}  // namespace

int keras_gated_forward(const keras_gated::Sizes* sizes,
                        const keras_gated::Array* arrays, std::int64_t count,
                        char* message, std::int64_t room) {
  return guarded(message, room, [&] {
    keras_gated::run_forward(sizes, arrays, count, keras_gated::Threads::openmp);
  });
}

int keras_gated_backward(const keras_gated::Sizes* sizes,
                         const keras_gated::Array* arrays, std::int64_t count,
                         char* message, std::int64_t room) {
  return guarded(message, room, [&] {
    keras_gated::run_backward(sizes, arrays, count, keras_gated::Threads::openmp);
  });
}

int keras_gated_open_stream(const keras_gated::Sizes* sizes,
                            const keras_gated::Array* arrays, std::int64_t count,
                            char* message, std::int64_t room,
                            keras_gated::Stream** opened) {
  return guarded(message, room, [&] {
    *opened = new keras_gated::Stream(sizes, arrays, count);
  });
}

void keras_gated_run_stream(keras_gated::Stream* stream) { stream->run(); }

void keras_gated_close_stream(keras_gated::Stream* stream) { delete stream; }

const char* keras_gated_isa() { return keras_gated::instruction_set().name; }

const char keras_gated_sources[] = KERAS_GATED_SOURCES;
