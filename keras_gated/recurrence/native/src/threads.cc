#include "threads.h"

#include <vector>

#include "places.h"

namespace keras_gated {
namespace {

struct Part {
  const std::function<void(int)>* work;
  const Places* places;
  int index;
  pthread_t thread;
};

void* run(void* given) {
  const Part& part = *static_cast<const Part*>(given);
  part.places->leave();
  (*part.work)(part.index);
  return nullptr;
}

}  // namespace

void run_on_threads(int count, const std::function<void(int)>& work) {
  const Places places(count - 1);
  std::vector<Part> parts(count);
  int started = 1;
  for (; started < count; ++started) {
    Part& part = parts[started];
    part = {&work, &places, started, {}};
    // The machine may have no more threads to give: this one does what is left.
    if (places.begin(started - 1, &part.thread, run, &part)) break;
  }
  work(0);
  for (int index = started; index < count; ++index) work(index);
  for (int index = 1; index < started; ++index) pthread_join(parts[index].thread, nullptr);
}

}  // namespace keras_gated
