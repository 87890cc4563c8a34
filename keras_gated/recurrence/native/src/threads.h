// Work on several threads.
#pragma once

#include <functional>

namespace keras_gated {

// Whose threads take part beside the calling one.
enum class Threads {
  // Some that are started for the call, which takes some forty microseconds: a pool would
  // be gone after a fork, and callers on several threads would have to wait for it.
  own,
  // Those of OpenMP, if it is in the process. They wait for work in a loop before they
  // sleep, and who works with them, as PyTorch does, has no other cores to give.
  openmp,
};

// Calls `work(0)` to `work(count - 1)`, on so many threads if there are, and returns when
// all are through. `work` must not throw.
void run_on_threads(int count, Threads threads, const std::function<void(int)>& work);

}  // namespace keras_gated
