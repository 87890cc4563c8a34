// What the loops of the long short-term memory have, and in which order.
#pragma once

#include "kernels.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// A variant says what it lacks or changes. Columns and what is kept of a step are those
// of the gates i, f and o that are there, with the candidate c before o.
struct Vanilla {
  static constexpr bool kInputGate = true, kForgetGate = true, kOutputGate = true;
  static constexpr bool kCoupled = false;  // f = 1 - i, without columns
  static constexpr bool kLinearCandidate = false, kLinearOutput = false;
  static constexpr bool kGatesSeen = false;  // by the next step, as further carries
};
struct NoInputGate : Vanilla {
  static constexpr bool kInputGate = false;
};
struct NoForgetGate : Vanilla {
  static constexpr bool kForgetGate = false;
};
struct NoOutputGate : Vanilla {
  static constexpr bool kOutputGate = false;
};
struct LinearCandidate : Vanilla {
  static constexpr bool kLinearCandidate = true;
};
struct LinearOutput : Vanilla {
  static constexpr bool kLinearOutput = true;
};
struct CoupledGates : Vanilla {
  static constexpr bool kForgetGate = false, kCoupled = true;
};
struct FullGateRecurrence : Vanilla {
  static constexpr bool kGatesSeen = true;
};

// Where the blocks of columns of a variant stand, the rows of its peepholes, and what is
// kept: as the columns, or the candidate alone if the gates are carried.
template <class Variant>
struct Places {
  static constexpr int kInput = 0;
  static constexpr int kForget = Variant::kInputGate;
  static constexpr int kCandidate = kForget + Variant::kForgetGate;
  static constexpr int kOutput = kCandidate + 1;
  static constexpr int kColumns = kOutput + Variant::kOutputGate;

  static constexpr int kInputRow = kInput, kForgetRow = kForget;
  static constexpr int kOutputRow = kCandidate;

  static constexpr int kKept = Variant::kGatesSeen ? 1 : kColumns;
  static constexpr int kKeptCandidate = Variant::kGatesSeen ? 0 : kCandidate;
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
