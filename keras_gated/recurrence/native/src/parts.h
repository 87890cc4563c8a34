// The products of a step with recurrent weights, and the packed weights of each.
#pragma once

#include "packing.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// What the update gate sees of the outputs before a step, of units whose reset gate acts
// before the product.
enum class UpdateSees { what_reset_sees, squashed_outputs, nothing };

// Blocks of columns of the projected inputs, from `first` on, and how many of them have
// a product with recurrent weights added: all or none.
struct Part {
  int first = 0, count = 0, recurrent = 0;
};

// Most units have one product for all columns. Where the reset gate acts before the
// product, the candidate waits for it; the update gate is alone if it sees other numbers
// than the reset gate.
struct Parts {
  Part gates, candidate, update;

  explicit Parts(Unit unit) {
    switch (unit) {
      case Unit::gru_reset_before:
      case Unit::mut2:
        gates = {0, 2, 2};
        candidate = {2, 1, 1};
        return;
      case Unit::mut1:
      case Unit::mut3:
        update = {0, 1, unit == Unit::mut3};
        gates = {1, 1, 1};
        candidate = {2, 1, 1};
        return;
      default:
        gates = {0, blocks(unit), blocks(unit)};
    }
  }
};

inline bool resets_before(Unit unit) { return Parts(unit).candidate.count > 0; }

// Where the columns of block `block` begin in the recurrent kernel, which may lack the
// first blocks.
inline std::int64_t recurrent_column(const Loop& loop, int block) {
  return (block - blocks(loop.unit) + recurrent_blocks(loop.unit)) * loop.units;
}

// The weights of one of the products of a step, packed one behind the other, those of
// the inputs before the recurrent ones.
struct StepWeights {
  ForwardWeights inputs, recurrent;

  StepWeights(const Loop& loop, Part part) {
    const std::int64_t units = loop.units;
    inputs = {loop.kernel,
              loop.bias,
              loop.features,
              blocks(loop.unit) * units,
              part.first * units,
              units,
              part.count};
    recurrent = {loop.recurrent_kernel,
                 nullptr,
                 seen_blocks(loop.unit) * units,
                 recurrent_blocks(loop.unit) * units,
                 recurrent_column(loop, part.first),
                 units,
                 part.recurrent};
  }
  std::int64_t packed_factors() const {
    return inputs.packed_factors() + recurrent.packed_factors();
  }
  void pack_into(Factor* packed) const {
    pack(inputs, packed);
    pack(recurrent, packed + inputs.packed_factors());
  }
  // How many columns the products of a row have at most.
  std::int64_t product_columns() const {
    return padded(inputs.gates * smaller(inputs.chunk_units(), inputs.units));
  }
};

// All of them, packed one behind the other.
struct AllStepWeights {
  StepWeights gates, candidate, update;

  explicit AllStepWeights(const Loop& loop) : AllStepWeights(loop, Parts(loop.unit)) {}

  std::int64_t candidate_at() const { return gates.packed_factors(); }
  std::int64_t update_at() const { return candidate_at() + candidate.packed_factors(); }
  std::int64_t packed_factors() const { return update_at() + update.packed_factors(); }

  void pack_into(Factor* packed) const {
    gates.pack_into(packed);
    candidate.pack_into(packed + candidate_at());
    update.pack_into(packed + update_at());
  }

 private:
  AllStepWeights(const Loop& loop, const Parts& parts)
      : gates(loop, parts.gates),
        candidate(loop, parts.candidate),
        update(loop, parts.update) {}
};

// The same of the backward loop: the transposes of the recurrent weights of the parts,
// and of the kernel.
struct BackwardWeights {
  Parts parts;
  std::int64_t units, seen, candidate_at, update_at, inputs_at;

  explicit BackwardWeights(const Loop& loop)
      : parts(loop.unit), units(loop.units), seen(seen_blocks(loop.unit) * loop.units) {
    candidate_at = packed_part(parts.gates);
    update_at = candidate_at + packed_part(parts.candidate);
    inputs_at = update_at + packed_part(parts.update);
  }
  std::int64_t packed_factors(const Loop& loop, bool to_inputs) const {
    const std::int64_t width = blocks(loop.unit) * units;
    return inputs_at + (to_inputs ? whole_groups(width) * padded(loop.features) : 0);
  }
  void pack_into(const Loop& loop, bool to_inputs, Factor* packed) const {
    pack_part(loop, parts.gates, packed);
    pack_part(loop, parts.candidate, packed + candidate_at);
    pack_part(loop, parts.update, packed + update_at);
    if (!to_inputs) return;
    const std::int64_t width = blocks(loop.unit) * units;
    pack_transposed(loop.kernel, width, loop.features, width, packed + inputs_at);
  }

 private:
  std::int64_t packed_part(Part part) const {
    return whole_groups(part.recurrent * units) * padded(seen);
  }
  void pack_part(const Loop& loop, Part part, Factor* packed) const {
    if (!part.recurrent) return;
    pack_transposed(loop.recurrent_kernel + recurrent_column(loop, part.first),
                    recurrent_blocks(loop.unit) * units, seen, part.recurrent * units,
                    packed);
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
