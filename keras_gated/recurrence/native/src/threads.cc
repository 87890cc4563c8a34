#include "threads.h"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "places.h"

namespace keras_gated {
namespace {

// Parts are taken, not dealt: who is late leaves them to the others.
struct Parts {
  int count;
  const std::function<void(int)>& work;
  std::atomic<int> next{0};

  void take() {
    for (int part; (part = next.fetch_add(1)) < count;) work(part);
  }
};

void take(void* parts) { static_cast<Parts*>(parts)->take(); }

const pid_t kLoadedBy = getpid();

// The entry of GNU's OpenMP, which Intel's and LLVM's have, too; null if nobody has loaded
// one, and in a fork, which has lost its threads.
using Parallel = void (*)(void (*)(void*), void*, unsigned threads, unsigned flags);
Parallel openmp() {
  static std::atomic<Parallel> found{nullptr};
  if (!found) found = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  return getpid() == kLoadedBy ? found.load() : nullptr;
}

struct Own {
  Parts* parts;
  const Places* places;
};

void* take_own(void* given) {
  const Own& own = *static_cast<const Own*>(given);
  own.places->leave();
  own.parts->take();
  return nullptr;
}

void run_on_own_threads(Parts& parts) {
  const Places places(parts.count - 1);
  Own own = {&parts, &places};
  std::vector<pthread_t> threads(parts.count - 1);
  std::size_t started = 0;
  // The machine may have no more threads to give.
  while (started < threads.size() &&
         !places.begin(started, &threads[started], take_own, &own)) {
    ++started;
  }
  parts.take();
  for (std::size_t thread = 0; thread < started; ++thread) {
    pthread_join(threads[thread], nullptr);
  }
}

}  // namespace

void run_on_threads(int count, Threads threads, const std::function<void(int)>& work) {
  Parts parts{count, work};
  const Parallel parallel = count > 1 && threads == Threads::openmp ? openmp() : nullptr;
  if (count == 1) {
    parts.take();
  } else if (parallel) {
    parallel(take, &parts, count, 0);
  } else {
    run_on_own_threads(parts);
  }
}

}  // namespace keras_gated
