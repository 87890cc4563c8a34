// The cores that threads begin on.
//
// Linux may begin a thread on the core of its parent while another one is idle, and leave
// both there for milliseconds: without a place of its own, a second thread gained nothing.
#pragma once

#include <pthread.h>

#if defined(__linux__) && defined(__GLIBC__)
#include <sched.h>
#define KERAS_GATED_HAS_PLACES
#endif

namespace keras_gated {

// Deals the cores that the calling thread may use, but for the one that it is on, to
// `threads` new ones. Once it runs there, a thread may leave for any core of the caller.
class Places {
 public:
  explicit Places(int threads);

  // Begins thread `index`, which nobody can wait for; false if there is none to be had.
  bool begin(int index, void* (*body)(void*), void* given) const;

  // For the new thread to call.
  void leave() const;

 private:
#if defined(KERAS_GATED_HAS_PLACES)
  cpu_set_t place(int index) const;

  const int threads_;
  bool known_;
  cpu_set_t all_, others_;
#endif
};

}  // namespace keras_gated
