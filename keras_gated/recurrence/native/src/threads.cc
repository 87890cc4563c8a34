#include "threads.h"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "places.h"

namespace keras_gated {
namespace {

// Parts of some work, which are taken, not dealt: who is late leaves them to the others.
class Parts {
 public:
  Parts(int count, const std::function<void(int)>& work) : count_(count), work_(work) {}

  void take() {
    for (int part; (part = taken_.fetch_add(1)) < count_;) {
      work_(part);
      if (done_.fetch_add(1) + 1 == count_) notify();
    }
  }

  // Until all are done. A thread that sleeps takes some time to wake up.
  void wait() {
    constexpr std::chrono::microseconds kPatience(100);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (done_ < count_ && std::chrono::steady_clock::now() < end) continue;
    std::unique_lock<std::mutex> lock(mutex_);
    all_done_.wait(lock, [this] { return done_ == count_; });
  }

 private:
  void notify() {
    const std::lock_guard<std::mutex> lock(mutex_);
    all_done_.notify_one();
  }

  const int count_;
  const std::function<void(int)>& work_;
  std::atomic<int> taken_{0}, done_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
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

// What threads share that nobody waits for: the last one to leave deletes it.
struct Shared {
  Parts parts;
  Places places;
  std::atomic<int> holders;

  Shared(int count, const std::function<void(int)>& work)
      : parts(count, work), places(count - 1), holders(count) {}

  void leave(int count) {
    if (holders.fetch_sub(count) == count) delete this;
  }
};

void* run(void* given) {
  Shared* const shared = static_cast<Shared*>(given);
  shared->places.leave();
  shared->parts.take();
  shared->leave(1);
  return nullptr;
}

void run_on_own_threads(int count, const std::function<void(int)>& work) {
  Shared* const shared = new Shared(count, work);
  int started = 0;
  // The machine may have no more threads to give.
  while (started < count - 1 && shared->places.begin(started, run, shared)) ++started;
  shared->parts.take();
  shared->parts.wait();
  shared->leave(count - started);
}

}  // namespace

void run_on_threads(int count, Threads threads, const std::function<void(int)>& work) {
  const Parallel parallel = count > 1 && threads == Threads::openmp ? openmp() : nullptr;
  if (count == 1) {
    work(0);
  } else if (parallel) {
    Parts parts(count, work);
    parallel(take, &parts, count, 0);
  } else {
    run_on_own_threads(count, work);
  }
}

}  // namespace keras_gated
