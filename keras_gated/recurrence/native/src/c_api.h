// The loops for callers that are not C++.
#pragma once

#include "boundary.h"
#include "stream.h"

#define KERAS_GATED_API extern "C" __attribute__((visibility("default")))

// 0; 1 where there is not enough memory; 2 where the call is not as layout.py says, and
// what is wrong with it in `message`, which has room for so many bytes.
KERAS_GATED_API int keras_gated_forward(const keras_gated::Sizes* sizes,
                                        const keras_gated::Array* arrays,
                                        std::int64_t count, char* message,
                                        std::int64_t room);
KERAS_GATED_API int keras_gated_backward(const keras_gated::Sizes* sizes,
                                         const keras_gated::Array* arrays,
                                         std::int64_t count, char* message,
                                         std::int64_t room);

// The same for a stream of a forward call, to run as often as wanted and then to close.
KERAS_GATED_API int keras_gated_open_stream(const keras_gated::Sizes* sizes,
                                            const keras_gated::Array* arrays,
                                            std::int64_t count, char* message,
                                            std::int64_t room,
                                            keras_gated::Stream** opened);
KERAS_GATED_API void keras_gated_run_stream(keras_gated::Stream* stream);
KERAS_GATED_API void keras_gated_close_stream(keras_gated::Stream* stream);

// The instruction set that the loops run with.
KERAS_GATED_API const char* keras_gated_isa();

// The hash of all that the library was compiled from, which Python looks for.
KERAS_GATED_API const char keras_gated_sources[];
