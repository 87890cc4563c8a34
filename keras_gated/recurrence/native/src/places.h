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
#if defined(KERAS_GATED_HAS_PLACES)
  explicit Places(int threads) : threads_(threads) {
    known_ = sched_getaffinity(0, sizeof all_, &all_) == 0;
    others_ = all_;
    const int own = sched_getcpu();
    if (own >= 0 && own < CPU_SETSIZE) CPU_CLR(own, &others_);
  }

  // Begins thread `index`; gives what pthread_create does.
  int begin(int index, pthread_t* thread, void* (*body)(void*), void* given) const {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes)) return pthread_create(thread, nullptr, body, given);
    const cpu_set_t dealt = place(index);
    if (CPU_COUNT(&dealt)) pthread_attr_setaffinity_np(&attributes, sizeof dealt, &dealt);
    int failed = pthread_create(thread, &attributes, body, given);
    pthread_attr_destroy(&attributes);
    // The cores may have been taken away meanwhile.
    if (failed) failed = pthread_create(thread, nullptr, body, given);
    return failed;
  }

  // For the new thread to call.
  void leave() const {
    if (known_) sched_setaffinity(0, sizeof all_, &all_);
  }

 private:
  // Every so-manieth core; none where there are no others.
  cpu_set_t place(int index) const {
    cpu_set_t dealt;
    CPU_ZERO(&dealt);
    const int others = known_ ? CPU_COUNT(&others_) : 0;
    const int places = others < threads_ ? others : threads_;
    for (int core = 0, seen = 0; seen < others; ++core) {
      if (!CPU_ISSET(core, &others_)) continue;
      if (seen++ % places == index % places) CPU_SET(core, &dealt);
    }
    return dealt;
  }

  int threads_;
  bool known_;
  cpu_set_t all_, others_;
#else
  explicit Places(int) {}
  int begin(int, pthread_t* thread, void* (*body)(void*), void* given) const {
    return pthread_create(thread, nullptr, body, given);
  }
  void leave() const {}
#endif
};

}  // namespace keras_gated
