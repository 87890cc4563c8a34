// Memory, threads and instruction set of a call.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "c_api.h"
#include "denormals.h"
#include "instruction_sets.h"
#include "threads.h"

namespace keras_gated {
namespace {

constexpr std::int64_t kCacheLine = 64;

struct Free {
  void operator()(float* memory) const { std::free(memory); }
};
using Numbers = std::unique_ptr<float[], Free>;

Numbers allocate(std::int64_t count) {
  const std::int64_t bytes = std::max<std::int64_t>(1, count) * sizeof(float);
  const std::int64_t whole_lines = (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  void* memory = std::aligned_alloc(kCacheLine, whole_lines);
  if (!memory) throw std::bad_alloc();
  return Numbers(static_cast<float*>(memory));
}

std::int64_t whole_lines(std::int64_t count) { return (count + 15) / 16 * 16; }

// Fewer than the caller allows where starting a thread takes longer than its work,
// which is counted in multiplications; a unit's activations are worth so many of them.
int thread_count(const Loop& loop) {
  constexpr std::int64_t kWorkOfThread = 1 << 22, kWorkOfActivations = 128;
  const std::int64_t of_unit = loop.units * blocks(loop.unit) + kWorkOfActivations;
  const std::int64_t work = loop.steps * loop.batch * loop.units * of_unit;
  const std::int64_t worth = std::max<std::int64_t>(1, work / kWorkOfThread);
  const std::int64_t most = std::max(1, loop.threads);
  const std::int64_t useful = std::min({worth, loop.batch, most});
  return static_cast<int>(std::max<std::int64_t>(1, useful));
}

RowRange rows_of(const Loop& loop, int thread, int threads) {
  return {loop.batch * thread / threads, loop.batch * (thread + 1) / threads};
}

// Adds up blocks of all threads, in the same order every time.
void add_up(const Loop& loop, const float* sums, int threads, std::int64_t stride,
            int first_block, int block_count, float* to) {
  const std::int64_t count = block_count * loop.units;
  const float* from = sums + first_block * loop.units;
  std::copy(from, from + count, to);
  for (int thread = 1; thread < threads; ++thread) {
    from += stride;
    for (std::int64_t i = 0; i < count; ++i) to[i] += from[i];
  }
}

}  // namespace

void run_forward(const Loop& loop, const Forward& forward) {
  const Kernels& kernels = *instruction_set().kernels;
  const int threads = thread_count(loop);
  const std::int64_t most_rows = (loop.batch + threads - 1) / threads;
  const std::int64_t stride =
      whole_lines(kernels.forward_scratch_size(loop, most_rows));
  const Numbers packed = allocate(kernels.forward_packed_size(loop));
  const Numbers scratch = allocate(threads * stride);
  kernels.pack_forward(loop, packed.get());
  run_on_threads(threads, [&](int thread) {
    const FlushDenormals flush;
    kernels.forward(loop, forward, packed.get(), rows_of(loop, thread, threads),
                    scratch.get() + thread * stride);
  });
}

void run_backward(const Loop& loop, const Backward& backward) {
  const Kernels& kernels = *instruction_set().kernels;
  const int threads = thread_count(loop);
  const std::int64_t most_rows = (loop.batch + threads - 1) / threads;
  const std::int64_t stride =
      whole_lines(kernels.backward_scratch_size(loop, most_rows));
  const std::int64_t sums_stride = whole_lines(sum_blocks(loop.unit) * loop.units);
  const Numbers packed = allocate(kernels.backward_packed_size(loop));
  const Numbers scratch = allocate(threads * stride);
  const Numbers sums = allocate(threads * sums_stride);
  kernels.pack_backward(loop, packed.get());
  run_on_threads(threads, [&](int thread) {
    const FlushDenormals flush;
    kernels.backward(loop, backward, packed.get(), rows_of(loop, thread, threads),
                     scratch.get() + thread * stride,
                     sums.get() + thread * sums_stride);
  });
  const int bias_blocks = blocks(loop.unit);
  const auto add_blocks = [&](int first, int count, float* to) {
    add_up(loop, sums.get(), threads, sums_stride, first, count, to);
  };
  add_blocks(0, bias_blocks, backward.d_bias);
  if (backward.d_peepholes) add_blocks(bias_blocks, 3, backward.d_peepholes);
  if (backward.d_recurrent_bias) {
    add_blocks(0, 2, backward.d_recurrent_bias);
    add_blocks(3, 1, backward.d_recurrent_bias + 2 * loop.units);
  }
}

}  // namespace keras_gated

int keras_gated_forward(const keras_gated::Loop* loop,
                        const keras_gated::Forward* forward) {
  try {
    keras_gated::run_forward(*loop, *forward);
    return 0;
  } catch (const std::bad_alloc&) {
    return 1;
  }
}

int keras_gated_backward(const keras_gated::Loop* loop,
                         const keras_gated::Backward* backward) {
  try {
    keras_gated::run_backward(*loop, *backward);
    return 0;
  } catch (const std::bad_alloc&) {
    return 1;
  }
}

const char* keras_gated_isa() { return keras_gated::instruction_set().name; }
