// The gradients of the weights: after each chunk of steps, what they were multiplied
// with times the gradients of the products.
//
// What they were multiplied with is packed in tiles, in segments: what the recurrent
// weights saw of the outputs, the inputs, and, where the reset gate acts before the
// product, what it left of the former; each with a one where there is a bias.
#pragma once

#include "chunks.h"
#include "product.h"
#include "scratch.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Segments with a product of their own start with a tile; what then lies between two of
// them is never looked at.
inline std::int64_t segment(const Loop& loop, std::int64_t count) {
  const bool alone =
      loop.unit == Unit::gru_reset_before || loop.unit == Unit::gru_reset_after;
  return alone ? (count + kTileRows - 1) / kTileRows * kTileRows : count;
}

struct Segments {
  std::int64_t seen, inputs, left;     // how many numbers each has
  std::int64_t inputs_at, left_at;     // where they begin
  std::int64_t count;

  explicit Segments(const Loop& loop) {
    seen = loop.units + (loop.recurrent_bias ? 1 : 0);
    inputs = input_numbers(loop);
    left = loop.unit == Unit::gru_reset_before ? loop.units : 0;
    inputs_at = segment(loop, seen);
    left_at = inputs_at + segment(loop, inputs);
    count = left_at + left;
  }
  std::int64_t tiled() const { return (count + kTileRows - 1) / kTileRows * kTileRows; }
};

// One product: factors from `first` on, and `columns` columns of the gradients. The
// sums begin at `sums` and have rows of padded(columns).
struct GradientProduct {
  std::int64_t first, count, column, columns, sums;

  std::int64_t numbers() const { return count * padded(columns); }
  // The sums of factor `factor`.
  const float* row(const float* all, std::int64_t factor) const {
    return all + sums + (factor - first) * padded(columns);
  }
};

// The products of a unit: of `projected` the gradients of the projected inputs, and the
// one for the recurrent weights where those of their products differ.
struct GradientProducts {
  GradientProduct first, second;

  explicit GradientProducts(const Loop& loop) {
    const Segments segments(loop);
    const std::int64_t units = loop.units, width = blocks(loop.unit) * units;
    switch (loop.unit) {
      case Unit::gru_reset_before:
        first = {0, segments.inputs_at + segments.inputs, 0, 2 * units, 0};
        second = {segments.inputs_at, segments.count - segments.inputs_at, 2 * units,
                  units, first.numbers()};
        return;
      case Unit::gru_reset_after:
        first = {segments.inputs_at, segments.inputs, 0, width, 0};
        second = {0, segments.seen, 0, width, first.numbers()};
        return;
      default:
        first = {0, segments.count, 0, width, 0};
        second = {};
    }
  }
  std::int64_t numbers() const { return first.numbers() + second.numbers(); }
};

// The sums of the peepholes stand behind those of the products.
inline std::int64_t peephole_numbers(const Loop& loop) {
  return loop.peepholes ? peephole_rows(loop.unit) * loop.units : 0;
}

inline std::int64_t sums_size(const Loop& loop) {
  return GradientProducts(loop).numbers() + peephole_numbers(loop);
}

struct GradientScratch {
  Factor *factors, *panels;

  GradientScratch(const Loop& loop, std::int64_t rows, Scratch& scratch) {
    const std::int64_t capacity = whole_groups(chunk_capacity(loop, rows));
    factors = scratch.take_factors(capacity * Segments(loop).tiled());
    panels = scratch.take_factors(capacity * 2 * kLanes);
  }
};

// Row `r` of a chunk of `depth` rows, as factors in tiles.
struct FactorRow {
  Factor* tiles;
  std::int64_t depth, r;

  // Where factor `first` and those behind it in its tile stand.
  Factor* at(std::int64_t first) const {
    const std::int64_t group = first / kTileRows * groups(depth) + r / kTerms;
    return tiles + (group * kTileRows + first % kTileRows) * kTerms + r % kTerms;
  }
  // Puts `count` factors from `first` on, those that `value(i)` gives.
  template <class Value>
  void set(std::int64_t first, std::int64_t count, Value value) const {
    std::int64_t i = 0;
    while (i < count) {
      const std::int64_t room = kTileRows - (first + i) % kTileRows;
      Factor* to = at(first + i);
      if (room == kTileRows && count - i >= kTileRows) {
        for (int k = 0; k < kTileRows; ++k) put(value(i + k), to[k * kTerms]);
        i += kTileRows;
      } else {
        const std::int64_t here = smaller(room, count - i);
        for (std::int64_t k = 0; k < here; ++k) put(value(i + k), to[k * kTerms]);
        i += here;
      }
    }
  }
};

inline void gather_factors(const Loop& loop, const Backward& backward, Range rows,
                           Range steps, Factor* tiles) {
  const Segments segments(loop);
  const std::int64_t units = loop.units, depth = rows.count() * steps.count();
  const std::int64_t ones = loop.bias ? 1 : 0;
  for (std::int64_t r = depth; r < whole_groups(depth); ++r) {
    FactorRow{tiles, depth, r}.set(0, segments.count, [](std::int64_t) { return 0.0f; });
  }
  for_each_row(rows, steps, [&](std::int64_t row, std::int64_t r, std::int64_t t) {
    const FactorRow factors = {tiles, depth, r};
    const Number* output = t ? backward.outputs + (row * loop.steps + t - 1) * units
                            : loop.first_output + row * units;
    const Number* mask = loop.dropout_mask ? loop.dropout_mask + row * units : nullptr;
    const auto seen = [&](std::int64_t i) {
      const float whole = widened(output[i]);
      return mask ? whole * widened(mask[i]) : whole;
    };
    factors.set(0, units, seen);
    if (loop.recurrent_bias) put(1.0f, *factors.at(units));
    if (ones) put(1.0f, *factors.at(segments.inputs_at));
    const Number* inputs = inputs_at(loop, row, t);
    const bool valid = is_valid(loop, row, t);
    factors.set(segments.inputs_at + ones, loop.features,
                [&](std::int64_t i) { return valid ? widened(inputs[i]) : 0.0f; });
    if (!segments.left) return;
    const Number* reset = backward.kept + ((t * loop.batch + row) * 3 + 1) * units;
    factors.set(segments.left_at, units,
                [&](std::int64_t i) { return widened(reset[i]) * seen(i); });
  });
}

// Adds up what the rows of a chunk give. Rows of gradients have all blocks.
inline void add_gradients(const Loop& loop, const GradientScratch& scratch,
                          const Factor* d_projected, const Factor* d_product,
                          std::int64_t row_count, float* sums) {
  const GradientProducts products(loop);
  const std::int64_t stride = whole_groups(blocks(loop.unit) * loop.units);
  const auto add = [&](const GradientProduct& product, const Factor* gradients) {
    add_products(scratch.factors + product.first * whole_groups(row_count),
                 product.count, gradients + product.column, stride, row_count, product.columns,
                 scratch.panels, sums + product.sums);
  };
  add(products.first, d_projected);
  if (products.second.count) {
    add(products.second, d_product ? d_product : d_projected);
  }
}

inline void write_gradients(const Loop& loop, const Backward& backward,
                            const float* sums) {
  const Segments segments(loop);
  const GradientProducts products(loop);
  const std::int64_t width = blocks(loop.unit) * loop.units;
  // Rows of a kernel, or a bias, from the factors `factor` on.
  const auto write = [&](const GradientProduct& product, std::int64_t factor,
                         std::int64_t count, Number* to) {
    for (std::int64_t row = 0; row < count; ++row) {
      copy(product.row(sums, factor + row), product.columns,
           to + row * width + product.column);
    }
  };
  const auto write_inputs = [&](const GradientProduct& product) {
    const std::int64_t ones = loop.bias ? 1 : 0;
    if (ones) write(product, segments.inputs_at, 1, backward.d_bias);
    write(product, segments.inputs_at + ones, loop.features, backward.d_kernel);
  };
  copy(sums + products.numbers(), peephole_numbers(loop), backward.d_peepholes);
  write_inputs(products.first);
  switch (loop.unit) {
    case Unit::gru_reset_before:
      write_inputs(products.second);
      write(products.first, 0, loop.units, backward.d_recurrent_kernel);
      write(products.second, segments.left_at, loop.units, backward.d_recurrent_kernel);
      return;
    case Unit::gru_reset_after:
      write(products.second, 0, loop.units, backward.d_recurrent_kernel);
      if (loop.recurrent_bias) {
        write(products.second, loop.units, 1, backward.d_recurrent_bias);
      }
      return;
    default:
      write(products.first, 0, loop.units, backward.d_recurrent_kernel);
  }
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
