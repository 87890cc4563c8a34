// The gated recurrent unit whose reset gate acts before the product, and its mutations.
// Gates z r h.
//
// The candidate waits for the reset gates of all units, so a step has two halves.
#pragma once

#include "activations.h"
#include "parts.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

struct Gru {
  static constexpr bool kUpdateKeeps = true;  // z is the share of the output before
  static constexpr UpdateSees kUpdateSees = UpdateSees::what_reset_sees;
  static constexpr bool kSquashedInputs = false;  // of the candidate, before its bias
};
struct Mut2 : Gru {
  static constexpr bool kUpdateKeeps = false;
};
struct Mut1 : Mut2 {
  static constexpr UpdateSees kUpdateSees = UpdateSees::nothing;
  static constexpr bool kSquashedInputs = true;
};
struct Mut3 : Mut2 {
  static constexpr UpdateSees kUpdateSees = UpdateSees::squashed_outputs;
};

template <class Variant>
struct ResetBefore {
  static constexpr bool kUpdateAlone =
      Variant::kUpdateSees != UpdateSees::what_reset_sees;
  static constexpr bool kUpdateSquashes =
      Variant::kUpdateSees == UpdateSees::squashed_outputs;
  static constexpr int kReset = kUpdateAlone ? 0 : 1;  // its block among the gates'

  // What is kept: z, r, h, and the tanh of the outputs before or of the inputs.
  static constexpr int kKept = kUpdateSquashes || Variant::kSquashedInputs ? 4 : 3;

  // Writes what an update gate by itself sees, rows of factors.
  static void forward_squashed(const Loop& loop, const ForwardStep& step, Range rows,
                               Factor* squashed) {
    const std::int64_t units = loop.units, stride = whole_groups(units);
    for (std::int64_t r = 0; r < rows.count(); ++r) {
      const std::int64_t row = rows.first + r;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        Vector seen = tanh(load(step.before + r * units + unit, lanes));
        if (step.kept) store(kept_at(step.kept, units, row, 3) + unit, seen, lanes);
        if (loop.dropout_mask) {
          seen *= load(loop.dropout_mask + row * units + unit, lanes);
        }
        store(squashed + r * stride + unit, seen, lanes);
      });
    }
  }

  // Writes the update gates, which have the rows of the block.
  static void forward_update(const ForwardStep& step, const Block& block,
                             float* update) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        put_update(step, block, r, column, update, lanes);
      });
    }
  }

  // Writes what the reset gates leave of `seen`, both rows of factors; and the update
  // gates, if they see the same.
  static void forward_gates(const ForwardStep& step, const Block& block,
                            const Factor* seen, float* update, Factor* left) {
    const std::int64_t units = step.units, stride = whole_groups(units);
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const std::int64_t unit = block.unit + column, factor = r * stride + unit;
        if constexpr (!kUpdateAlone) put_update(step, block, r, column, update, lanes);
        const Vector reset = sigmoid(block.total(r, kReset, column, lanes));
        store(left + factor, reset * load(seen + factor, lanes), lanes);
        if (step.kept) store(kept_at(step.kept, units, row, 1) + unit, reset, lanes);
      });
    }
  }

  // Comes last in a step, and takes back what was kept of one that is skipped.
  static void forward_candidate(const Loop& loop, const ForwardStep& step,
                                const Block& block, const float* update) {
    const std::int64_t units = step.units;
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      if (step.skips(row)) {
        skip<kKept>(step, block, r);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const std::int64_t unit = block.unit + column, own = r * units + unit;
        Vector entering = block.projected(r, 0, column, lanes);
        if constexpr (Variant::kSquashedInputs) {
          entering = tanh(entering);
          if (step.kept) {
            store(kept_at(step.kept, units, row, 3) + unit, entering, lanes);
          }
          if (loop.recurrent_bias) entering += load(loop.recurrent_bias + unit, lanes);
        }
        const Vector candidate = tanh(entering + block.product(r, 0, column, lanes));
        const Vector z = load(update + own, lanes);
        const Vector before = load(step.before + own, lanes);
        const Vector output = Variant::kUpdateKeeps ? z * before + (1.0f - z) * candidate
                                                    : z * candidate + (1.0f - z) * before;
        step.put_output(row, r, unit, output, lanes);
        if (step.kept) store(kept_at(step.kept, units, row, 2) + unit, candidate, lanes);
      });
    }
  }

  // The gradients of z and the candidate.
  static void backward_outer(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, Range range) {
    const std::int64_t units = loop.units;
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<3>(step, state, row);
        continue;
      }
      const std::int64_t r = row - state.first_row;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        const Number* kept = kept_at(step.kept, units, row, 0) + unit;
        const Vector z = load(kept, lanes), candidate = load(kept + 2 * units, lanes);
        const Vector before = load(step.before.row(row) + unit, lanes);
        const Vector d_output = state.d_output(step, row, unit, lanes);
        const Vector keeps = Variant::kUpdateKeeps ? z : 1.0f - z;
        const Vector takes = Variant::kUpdateKeeps ? 1.0f - z : z;
        const Vector opening =
            Variant::kUpdateKeeps ? before - candidate : candidate - before;
        Vector d_candidate = d_output * takes * (1.0f - candidate * candidate);
        store(state.direct + r * state.stride + unit, d_output * keeps, lanes);
        const std::int64_t at = r * step.d_stride + unit;
        store(step.d_projected + at, d_output * opening * z * (1.0f - z), lanes);
        if constexpr (Variant::kSquashedInputs) {
          store(step.d_product + at + 2 * units, d_candidate, lanes);
          const Vector inputs = load(kept + 3 * units, lanes);
          d_candidate *= 1.0f - inputs * inputs;
        }
        store(step.d_projected + at + 2 * units, d_candidate, lanes);
      });
    }
  }

  // The gradient of r, from that of what it leaves of `seen` in `d_left`, which becomes
  // that of `seen` itself.
  static void backward_reset(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, Range range) {
    const std::int64_t units = loop.units;
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) continue;
      const std::int64_t r = row - range.first;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        float* d_left_at = state.d_left + r * state.stride + unit;
        Vector seen = load(step.before.row(row) + unit, lanes);
        if (state.dropout_mask) {
          seen *= load(state.dropout_mask + r * units + unit, lanes);
        }
        const Vector d_left = load(d_left_at, lanes);
        const Vector reset = load(kept_at(step.kept, units, row, 1) + unit, lanes);
        const Vector d_reset = d_left * seen * reset * (1.0f - reset);
        store(d_left_at, d_left * reset, lanes);
        const std::int64_t at = r * step.d_stride + units + unit;
        store(step.d_projected + at, d_reset, lanes);
        if constexpr (Variant::kSquashedInputs) {
          store(step.d_product + at, d_reset, lanes);
        }
      });
    }
  }

  // Adds to the gradient of `seen` what comes another way.
  static void backward_seen(const Loop& loop, const BackwardStep& step,
                            const BackwardState& state, Range range) {
    const std::int64_t units = loop.units;
    for (std::int64_t row = range.first; row < range.last; ++row) {
      const std::int64_t r = row - range.first;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        const std::int64_t own = r * state.stride + unit;
        Vector d_seen = load(state.d_left + own, lanes);
        if constexpr (kUpdateSquashes) {
          const Vector squashed = load(kept_at(step.kept, units, row, 3) + unit, lanes);
          d_seen += load(state.d_squashed + own, lanes) * (1.0f - squashed * squashed);
        }
        add(state.d_seen + own, d_seen, lanes);
      });
    }
  }

 private:
  // Block `block` of what is kept of a row.
  template <typename Kept>
  static Kept* kept_at(Kept* kept, std::int64_t units, std::int64_t row, int block) {
    return kept + (row * kKept + block) * units;
  }

  template <class Lanes>
  static void put_update(const ForwardStep& step, const Block& block, std::int64_t r,
                         std::int64_t column, float* update, Lanes lanes) {
    constexpr bool kNothing = Variant::kUpdateSees == UpdateSees::nothing;
    const std::int64_t unit = block.unit + column;
    const Vector z = sigmoid(kNothing ? block.projected(r, 0, column, lanes)
                                      : block.total(r, 0, column, lanes));
    store(update + r * step.units + unit, z, lanes);
    if (step.kept) {
      store(kept_at(step.kept, step.units, block.row + r, 0) + unit, z, lanes);
    }
  }
};

// The steps of a unit of this kind, called by their addresses: so the loops around them
// are compiled once.
struct ResetCell {
  void (*forward_squashed)(const Loop&, const ForwardStep&, Range, Factor*);
  void (*forward_update)(const ForwardStep&, const Block&, float*);
  void (*forward_gates)(const ForwardStep&, const Block&, const Factor*, float*, Factor*);
  void (*forward_candidate)(const Loop&, const ForwardStep&, const Block&, const float*);
  using Back = void (*)(const Loop&, const BackwardStep&, const BackwardState&, Range);
  Back backward_outer, backward_reset, backward_seen;
};

template <class Variant>
constexpr ResetCell reset_cell() {
  using Class = ResetBefore<Variant>;
  return {Class::kUpdateSquashes ? Class::forward_squashed : nullptr,
          Class::kUpdateAlone ? Class::forward_update : nullptr,
          Class::forward_gates,
          Class::forward_candidate,
          Class::backward_outer,
          Class::backward_reset,
          Class::backward_seen};
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
