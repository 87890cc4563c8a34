// The gradients of the weights: after each chunk of steps, what they were multiplied
// with times the gradients of the products.
//
// What they were multiplied with is packed in tiles, in segments: what the recurrent
// weights saw of the states, the inputs, and, where the reset gate acts before the
// product, what it left of the former and what an update gate by itself saw; those with
// a bias have a one more.
#pragma once

#include <initializer_list>

#include "chunks.h"
#include "few_inputs.h"
#include "parts.h"
#include "product.h"
#include "scratch.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// `count` factors from `first` on.
struct Segment {
  std::int64_t first, count;

  std::int64_t end() const { return first + count; }
  bool holds(const Segment& other) const {
    return first <= other.first && other.end() <= end();
  }
};

// The one of a recurrent bias stands behind the others of its segment, that of the bias
// before the inputs.
struct Segments {
  Segment seen, inputs, left, squashed;
  std::int64_t recurrent_one, count;

  explicit Segments(const Loop& loop) {
    const std::int64_t units = loop.units, ones = loop.recurrent_bias ? 1 : 0;
    const std::int64_t states = seen_blocks(loop.unit) * units;
    const bool waits = resets_before(loop.unit);
    const bool squashes = Parts(loop.unit).update.recurrent > 0;
    const bool alone = waits || loop.unit == Unit::gru_reset_after;
    seen = {0, states + (waits ? 0 : ones)};
    inputs = {start(seen, alone), input_numbers(loop)};
    left = {start(inputs, alone), waits ? units + ones : 0};
    squashed = {start(left, alone), squashes ? units : 0};
    recurrent_one = waits ? left.first + units : states;
    count = squashed.end();
  }
  std::int64_t tiled() const { return whole_tiles(count); }

 private:
  static std::int64_t whole_tiles(std::int64_t count) {
    return (count + kTileRows - 1) / kTileRows * kTileRows;
  }
  // Segments with a product of their own start with a tile; what then lies between two
  // of them is never looked at.
  static std::int64_t start(const Segment& before, bool alone) {
    return alone ? whole_tiles(before.end()) : before.end();
  }
};

// One product: some factors, and `columns` columns of the gradients, those of what the
// recurrent weights make if they differ and `of_product` says so. The sums begin at
// `sums` and have rows of padded(columns).
struct GradientProduct {
  Segment factors;
  std::int64_t column, columns, sums;
  bool of_product;

  std::int64_t numbers() const { return factors.count * padded(columns); }
  // The sums of factor `factor`.
  const float* row(const float* all, std::int64_t factor) const {
    return all + sums + (factor - factors.first) * padded(columns);
  }
};

// The products of a unit: each of its segments with each block of columns that it was
// multiplied to, as many in one as stand side by side.
struct GradientProducts {
  GradientProduct all[4];
  int count = 0;

  explicit GradientProducts(const Loop& loop) : units_(loop.units) {
    const Segments segments(loop);
    const auto from_to = [](const Segment& first, const Segment& last) {
      return Segment{first.first, last.end() - first.first};
    };
    const int width = blocks(loop.unit);
    switch (loop.unit) {
      case Unit::gru_reset_before:
      case Unit::mut2:
        add(from_to(segments.seen, segments.inputs), 0, 2);
        add(from_to(segments.inputs, segments.left), 2, 1);
        return;
      case Unit::gru_reset_after:
        add(segments.inputs, 0, width);
        add(segments.seen, 0, width, true);
        return;
      case Unit::mut1:
      case Unit::mut3:
        add(segments.inputs, 0, width);
        add(segments.seen, 1, 1, true);
        add(segments.left, 2, 1, true);
        if (segments.squashed.count) add(segments.squashed, 0, 1);
        return;
      default:
        add({0, segments.count}, 0, width);
    }
  }
  std::int64_t numbers() const {
    return all[count - 1].sums + all[count - 1].numbers();
  }
  const GradientProduct* begin() const { return all; }
  const GradientProduct* end() const { return all + count; }

 private:
  void add(const Segment& factors, int first, int blocks, bool of_product = false) {
    const std::int64_t sums = count ? numbers() : 0;
    all[count++] = {factors, first * units_, blocks * units_, sums, of_product};
  }
  std::int64_t units_;
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

// `few` leaves the inputs out, which are looked at where they are.
inline void gather_factors(const Loop& loop, const Backward& backward, Range rows,
                           Range steps, bool few, Factor* tiles) {
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
    const std::int64_t width = seen_blocks(loop.unit) * units;
    if (width > units) {
      const Number* carries = t ? backward.carries + (t - 1) * loop.batch * width
                                : loop.first_carry;
      factors.set(units, width - units, [&](std::int64_t i) {
        return widened(carries[row * width + units + i]);
      });
    }
    if (loop.recurrent_bias) put(1.0f, *factors.at(segments.recurrent_one));
    if (ones) put(1.0f, *factors.at(segments.inputs.first));
    const Number* inputs = inputs_at(loop, row, t);
    const bool valid = is_valid(loop, row, t);
    factors.set(segments.inputs.first + ones, few ? 0 : loop.features,
                [&](std::int64_t i) { return valid ? widened(inputs[i]) : 0.0f; });
    if (!segments.left.count) return;
    const Number* kept =
        backward.kept + (t * loop.batch + row) * kept_blocks(loop.unit) * units;
    const Number* reset = kept + units;
    factors.set(segments.left.first, units,
                [&](std::int64_t i) { return widened(reset[i]) * seen(i); });
    const Number* squashed = kept + 3 * units;
    factors.set(segments.squashed.first, segments.squashed.count, [&](std::int64_t i) {
      const float whole = widened(squashed[i]);
      return mask ? whole * widened(mask[i]) : whole;
    });
  });
}

// Adds up what the rows of a chunk give. Rows of gradients have all blocks.
inline void add_gradients(const Loop& loop, const GradientScratch& scratch,
                          const Factor* d_projected, const Factor* d_product, Range rows,
                          Range steps, bool few, float* sums) {
  const Segments segments(loop);
  const std::int64_t stride = whole_groups(blocks(loop.unit) * loop.units);
  const std::int64_t row_count = rows.count() * steps.count();
  for (const GradientProduct& product : GradientProducts(loop)) {
    const Segment all = product.factors;
    const Factor* gradients = product.of_product && d_product ? d_product : d_projected;
    gradients += product.column;
    const auto row = [&](std::int64_t factor) {
      return sums + product.sums + (factor - all.first) * padded(product.columns);
    };
    // Tiles from a whole one on.
    const auto add = [&](std::int64_t first, std::int64_t end) {
      if (end <= first) return;
      add_products(scratch.factors + first * whole_groups(row_count), end - first,
                   gradients, stride, row_count, product.columns, scratch.panels,
                   row(first));
    };
    if (!few || !all.holds(segments.inputs)) {
      add(all.first, all.end());
      continue;
    }
    const std::int64_t inputs = segments.inputs.end() - loop.features;
    add(all.first, inputs);
    add_looked_up(loop, rows, steps, gradients, stride, product.columns, row(inputs));
    add(segments.left.first, all.end());
  }
}

inline void write_gradients(const Loop& loop, const Backward& backward,
                            const float* sums) {
  const Segments segments(loop);
  const GradientProducts products(loop);
  const std::int64_t units = loop.units, ones = loop.bias ? 1 : 0;
  const int width = blocks(loop.unit);
  // Rows of weights that have the last `there` blocks of columns, from the products with
  // some of the factors.
  const auto write = [&](Segment factors, int there, Number* to) {
    for (const GradientProduct& product : products) {
      if (!product.factors.holds(factors)) continue;
      const std::int64_t column = product.column - (width - there) * units;
      for (std::int64_t row = 0; row < factors.count; ++row) {
        copy(product.row(sums, factors.first + row), product.columns,
             to + row * there * units + column);
      }
    }
  };
  const Segment inputs = segments.inputs;
  const int recurrent = recurrent_blocks(loop.unit);
  write({inputs.first + ones, loop.features}, width, backward.d_kernel);
  if (ones) write({inputs.first, 1}, width, backward.d_bias);
  write({segments.seen.first, seen_blocks(loop.unit) * units}, recurrent,
        backward.d_recurrent_kernel);
  for (const Segment& segment : {segments.left, segments.squashed}) {
    if (!segment.count) continue;
    write({segment.first, units}, recurrent, backward.d_recurrent_kernel);
  }
  if (loop.recurrent_bias) {
    write({segments.recurrent_one, 1}, recurrent_bias_blocks(loop.unit),
          backward.d_recurrent_bias);
  }
  copy(sums + products.numbers(), peephole_numbers(loop), backward.d_peepholes);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
