// Work on several threads.
#pragma once

#include <functional>

namespace keras_gated {

// Calls `work(0)` to `work(count - 1)`, each on a thread of its own, the first one on
// the calling thread, and returns when all are through. `work` must not throw.
void run_on_threads(int count, const std::function<void(int)>& work);

}  // namespace keras_gated
