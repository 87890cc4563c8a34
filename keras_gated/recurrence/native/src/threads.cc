#include "threads.h"

#include <system_error>
#include <thread>
#include <vector>

namespace keras_gated {

void run_on_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(count - 1);
  int started = 1;
  try {
    for (; started < count; ++started) threads.emplace_back(work, started);
  } catch (const std::system_error&) {
    // The machine has no more threads to give: the calling one does what is left.
  }
  work(0);
  for (int index = started; index < count; ++index) work(index);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace keras_gated
