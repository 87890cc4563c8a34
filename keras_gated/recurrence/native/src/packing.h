// Weights in panels: one vector wide, one row after the other, padded with zeros.
//
// Forward, the columns of all gates of a chunk of units stand side by side: a chunk's
// sums are complete at once, and what little padding there is comes once a chunk.
#pragma once

#include "simd.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

inline std::int64_t padded(std::int64_t columns) {
  return (columns + kLanes - 1) / kLanes * kLanes;
}

// Weights of `gates` blocks of `units` columns, from column `first` of a matrix with
// rows of `stride`, and the chunks that they are packed in.
struct ForwardWeights {
  const float* matrix;
  std::int64_t stride, first, units;
  int gates;

  // As many units as leave room for others in a cache of level 2.
  std::int64_t chunk_units() const {
    constexpr std::int64_t kCacheNumbers = 1 << 16;
    const std::int64_t fitting = kCacheNumbers / (units * gates) / kLanes * kLanes;
    const std::int64_t most = smaller(fitting, 64);
    return most < kLanes ? kLanes : most;
  }
  std::int64_t packed_columns() const {
    const std::int64_t chunk = chunk_units();
    return units / chunk * padded(gates * chunk) + padded(gates * (units % chunk));
  }
  std::int64_t packed_numbers() const { return units * packed_columns(); }
};

// Packs a panel of the `count` columns that `column(lane)` points to the tops of.
template <class Column>
inline void pack_panel(Column column, int count, std::int64_t depth,
                       std::int64_t stride, float* panel) {
  for (std::int64_t k = 0; k < depth; ++k, panel += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      panel[lane] = lane < count ? column(lane)[k * stride] : 0.0f;
    }
  }
}

inline void pack(const ForwardWeights& weights, float* packed) {
  const std::int64_t units = weights.units, chunk = weights.chunk_units();
  for (std::int64_t unit = 0; unit < units; unit += chunk) {
    const std::int64_t here = smaller(chunk, units - unit);
    const std::int64_t columns = here * weights.gates;
    for (std::int64_t first = 0; first < columns; first += kLanes) {
      const float* tops[kLanes];
      const int count = static_cast<int>(smaller(kLanes, columns - first));
      for (int lane = 0; lane < count; ++lane) {
        const std::int64_t gate = (first + lane) / here;
        const std::int64_t within = (first + lane) % here;
        tops[lane] = weights.matrix + weights.first + gate * units + unit + within;
      }
      pack_panel([&](int lane) { return tops[lane]; }, count, units, weights.stride,
                 packed);
      packed += units * kLanes;
    }
  }
}

// The transpose of `depth` columns of a matrix with `units` rows of `stride`.
inline void pack_transposed(const float* matrix, std::int64_t stride,
                            std::int64_t units, std::int64_t depth, float* packed) {
  for (std::int64_t unit = 0; unit < units; unit += kLanes) {
    const float* rows = matrix + unit * stride;
    const int count = static_cast<int>(smaller(kLanes, units - unit));
    pack_panel([&](int lane) { return rows + lane * stride; }, count, depth, 1,
               packed);
    packed += depth * kLanes;
  }
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
