// Work on several threads.
//
// They are started anew for every call, which takes some ten microseconds: a pool would
// be gone after a fork, and callers on several threads would have to wait for it.
#pragma once

#include <functional>

namespace keras_gated {

// Calls `work(0)` to `work(count - 1)`, each on a thread of its own, the first one on
// the calling thread, and returns when all are through. `work` must not throw.
void run_on_threads(int count, const std::function<void(int)>& work);

}  // namespace keras_gated
