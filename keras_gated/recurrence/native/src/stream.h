// A forward loop that is run again and again on the same arrays, a few steps at a time.
//
// The call is looked at and its weights are packed when it is opened: for one step of one
// sequence both take longer than the loop.
#pragma once

#include "boundary.h"
#include "memory.h"

namespace keras_gated {

class Stream {
 public:
  // Of a call whose arrays are float32. They must outlive it; `last_output` may be
  // `first_output`, and `last_carry` may be `first_carry`.
  Stream(const Sizes* sizes, const Array* arrays, std::int64_t count);

  // Runs the loop in the calling thread.
  void run();

 private:
  ForwardCall<float32> call_;
  Numbers packed_, scratch_;
};

}  // namespace keras_gated
