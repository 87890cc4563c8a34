// The loops for callers that are not C++.
#pragma once

#include "loops.h"

#define KERAS_GATED_API extern "C" __attribute__((visibility("default")))

// 0, or 1 where there is not enough memory.
KERAS_GATED_API int keras_gated_forward(const keras_gated::Loop* loop,
                                        const keras_gated::Forward* forward);
KERAS_GATED_API int keras_gated_backward(const keras_gated::Loop* loop,
                                         const keras_gated::Backward* backward);

// The instruction set that the loops run with.
KERAS_GATED_API const char* keras_gated_isa();
