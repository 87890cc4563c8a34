#include "stream.h"

#include "denormals.h"
#include "instruction_sets.h"

namespace keras_gated {

Stream::Stream(const Sizes* sizes, const Array* arrays, std::int64_t count)
    : call_(forward_call<float32>(sizes, arrays, count)) {
  const auto& kernels = instruction_set().kernels<float32>();
  packed_ = allocate(kernels.forward_packed_size(call_.loop));
  scratch_ = allocate(kernels.forward_scratch_size(call_.loop, call_.loop.batch));
  kernels.pack_forward(call_.loop, packed_.get());
}

void Stream::run() {
  const FlushDenormals flush;
  const auto& kernels = instruction_set().kernels<float32>();
  kernels.forward(call_.loop, call_.forward, packed_.get(), {0, call_.loop.batch},
                  scratch_.get());
}

}  // namespace keras_gated
