#include "places.h"

namespace keras_gated {
namespace {

// Attributes of a thread that nobody waits for; nothing if there is no memory for them.
class Attributes {
 public:
  Attributes() : are_there_(pthread_attr_init(&attributes_) == 0) {
    if (are_there_) pthread_attr_setdetachstate(&attributes_, PTHREAD_CREATE_DETACHED);
  }
  ~Attributes() {
    if (are_there_) pthread_attr_destroy(&attributes_);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

#if defined(KERAS_GATED_HAS_PLACES)
  void place(const cpu_set_t& cores) {
    if (are_there_) pthread_attr_setaffinity_np(&attributes_, sizeof cores, &cores);
  }
#endif
  bool begin(void* (*body)(void*), void* given) {
    pthread_t thread;
    return are_there_ && pthread_create(&thread, &attributes_, body, given) == 0;
  }

 private:
  pthread_attr_t attributes_;
  bool are_there_;
};

}  // namespace

#if defined(KERAS_GATED_HAS_PLACES)

Places::Places(int threads) : threads_(threads) {
  known_ = sched_getaffinity(0, sizeof all_, &all_) == 0;
  others_ = all_;
  const int own = sched_getcpu();
  if (own >= 0 && own < CPU_SETSIZE) CPU_CLR(own, &others_);
}

bool Places::begin(int index, void* (*body)(void*), void* given) const {
  const cpu_set_t dealt = place(index);
  if (CPU_COUNT(&dealt)) {
    Attributes placed;
    placed.place(dealt);
    if (placed.begin(body, given)) return true;
    // The cores may have been taken away meanwhile.
  }
  return Attributes().begin(body, given);
}

void Places::leave() const {
  if (known_) sched_setaffinity(0, sizeof all_, &all_);
}

// Every so-manieth core; none where there are no others.
cpu_set_t Places::place(int index) const {
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

#else

Places::Places(int) {}

bool Places::begin(int, void* (*body)(void*), void* given) const {
  return Attributes().begin(body, given);
}

void Places::leave() const {}

#endif

}  // namespace keras_gated
