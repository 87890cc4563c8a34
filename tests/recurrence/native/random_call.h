// Calls of the loops on random sizes, in memory that the sanitizers know both ends of.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "c_api.h"

using keras_gated::Array;
using keras_gated::Sizes;
using keras_gated::Type;
using keras_gated::is_bfloat16;
using keras_gated::is_bool;
using keras_gated::is_float32;
using keras_gated::is_missing;
using keras_gated::Unit;

struct RandomCall {
  Sizes sizes = {};
  // Those of a call, in the order of loops.h, and their axes, as in call.py.
  std::vector<Array> forward, backward;
  std::vector<std::string> forward_axes, backward_axes;
  bool has_backward = false;
  std::mt19937_64 random;
  Type number;

  RandomCall(std::uint64_t seed, std::int64_t most_steps, std::int64_t most_units)
      : random(seed) {
    number = coin() ? is_float32 : is_bfloat16;
    sizes.unit = below(keras_gated::kUnits);
    sizes.steps = 1 + below(most_steps);
    sizes.batch = 1 + below(most_steps);
    sizes.features = 1 + below(most_units);
    sizes.units = 1 + below(most_units);
    sizes.threads = 1 + below(5);
    const bool carry = has_carry(unit()), save = below(5) > 0;
    const bool bias = coin(), recurrent_bias = recurrent_bias_blocks(unit()) && coin();
    const bool peepholes = carry && coin();
    add(both(), "btd");
    add(both(), "dp");
    add(both(), "p", bias);
    add(both(), "rq");
    add(both(), "s", recurrent_bias);
    add(both(), "gh", peepholes);
    add(both(), "bt", coin(), is_bool);
    add(both(), "bh", coin());
    add(both(), "bh");
    add(both(), "bw", carry);
    add({true, save}, "bth");
    add({true, false}, "bh");
    add({true, save}, "tbw", carry && save);
    add({true, false}, "bw", carry);
    add({true, save}, "tbk", save);
    has_backward = save;
    if (!save) return;
    const Target to = {false, true};
    add(to, "bth");
    add(to, "bh", coin());
    add(to, "bw", carry && coin());
    add(to, "btd", coin());
    add(to, "bh");
    add(to, "bw", carry);
    add(to, "dp");
    add(to, "p", bias);
    add(to, "rq");
    add(to, "s", recurrent_bias);
    add(to, "gh", peepholes);
  }

  Unit unit() const { return static_cast<Unit>(sizes.unit); }
  bool coin() { return below(2); }
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count));
  }

  std::int64_t size(char axis) const {
    switch (axis) {
      case 'b': return sizes.batch;
      case 't': return sizes.steps;
      case 'd': return sizes.features;
      case 'h': return sizes.units;
      case 'p': return sizes.units * keras_gated::blocks(unit());
      case 'q': return sizes.units * keras_gated::recurrent_blocks(unit());
      case 'r': return sizes.units * keras_gated::seen_blocks(unit());
      case 's': return sizes.units * keras_gated::recurrent_bias_blocks(unit());
      case 'k': return sizes.units * keras_gated::kept_blocks(unit());
      case 'w': return sizes.units * keras_gated::carry_blocks(unit());
      default: return keras_gated::peephole_rows(unit());
    }
  }

  // An array of exactly the bytes that its shape asks for.
  Array make(const std::vector<std::int64_t>& shape, Type type) {
    Array array;
    array.type = type;
    std::int64_t count = 1;
    array.axes = static_cast<std::int64_t>(shape.size());
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      array.shape[axis] = shape[axis];
      count *= shape[axis];
    }
    array.bytes = count * size_of(type);
    memory_.emplace_back(new char[array.bytes]);
    array.address = reinterpret_cast<std::intptr_t>(memory_.back().get());
    std::normal_distribution<float> normal;
    char* memory = memory_.back().get();
    for (std::int64_t i = 0; i < count; ++i) {
      if (type == is_bool) {
        memory[i] = below(3) > 0;
        continue;
      }
      // Of what is half as long, the upper half, which comes last.
      const float value = normal(random);
      const std::int64_t bytes = size_of(type);
      std::memcpy(memory + i * bytes,
                  reinterpret_cast<const char*>(&value) + sizeof value - bytes, bytes);
    }
    return array;
  }

  static std::int64_t size_of(Type type) {
    return type == is_float32 ? 4 : type == is_bfloat16 ? 2 : 1;
  }

 private:
  struct Target {
    bool forward, backward;
  };
  static Target both() { return {true, true}; }

  void add(Target to, const std::string& axes, bool present = true) {
    add(to, axes, present, number);
  }
  void add(Target to, const std::string& axes, bool present, Type type) {
    std::vector<std::int64_t> shape;
    for (char axis : axes) shape.push_back(size(axis));
    const Array array = present ? make(shape, type) : Array{};
    if (to.forward) {
      forward.push_back(array);
      forward_axes.push_back(axes);
    }
    if (to.backward) {
      backward.push_back(array);
      backward_axes.push_back(axes);
    }
  }

  std::vector<std::unique_ptr<char[]>> memory_;
};
