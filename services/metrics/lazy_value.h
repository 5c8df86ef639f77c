// Values that are made when somebody first asks for them.
#ifndef QUOTACAST_SERVICES_METRICS_LAZY_VALUE_H_
#define QUOTACAST_SERVICES_METRICS_LAZY_VALUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/parallel_for.h"

namespace quotacast::metrics {

// Copies share what was made. Thread-safe but for Edit.
template <typename Value>
class LazyValue {
 public:
  LazyValue() = default;  // Value().
  // Made already.
  LazyValue(Value value)  // NOLINT: a value stands for itself.
      : state_(std::make_shared<State>(std::move(value))) {}
  explicit LazyValue(std::function<Value()> make)
      : state_(std::make_shared<State>(std::move(make))) {}

  const Value& operator*() const {
    if (state_ == nullptr) return Default();
    const Value* made = state_->made.load(std::memory_order_acquire);
    return made != nullptr ? *made : state_->Make();
  }
  const Value* operator->() const { return &**this; }
  operator const Value&() const { return **this; }  // NOLINT: likewise.
  // Whether somebody asked for it before.
  bool is_made() const {
    return state_ == nullptr || state_->made.load(std::memory_order_acquire) != nullptr;
  }
  bool operator==(const LazyValue& other) const { return **this == *other; }

  // For values made by hand: what copies shared is no longer shared.
  Value& Edit() {
    if (state_ == nullptr || state_.use_count() > 1)
      state_ = std::make_shared<State>(Value(**this));
    state_->Make();
    return state_->value;
  }

 private:
  struct State {
    explicit State(Value from) : value(std::move(from)), made(&value) {}
    explicit State(std::function<Value()> from) : make(std::move(from)) {}

    const Value& Make() {
      std::call_once(once, [this] {
        if (make == nullptr) return;
        value = make();
        // What it was made from may be large.
        make = nullptr;
        made.store(&value, std::memory_order_release);
      });
      return value;
    }

    std::once_flag once;
    std::function<Value()> make;
    Value value = {};
    std::atomic<const Value*> made = nullptr;
  };

  static const Value& Default() {
    static const Value* const value = new Value();
    return *value;
  }

  std::shared_ptr<State> state_;
};

// A list whose entries are built when somebody first asks for one, or for many at once.
template <typename Entry>
class LazyList {
 public:
  using Entries = std::vector<Entry>;
  // Makes the entries at these positions, in their order.
  using MakeSome = std::function<Entries(std::span<const uint32_t> positions)>;
  using const_iterator = typename Entries::const_iterator;

  LazyList() = default;  // Empty.
  LazyList(const LazyList& other) { *this = other; }
  LazyList& operator=(const LazyList& other) {
    size_ = other.size_;
    is_edited_ = other.is_edited_;
    make_some_ = other.make_some_;
    entries_ = other.entries_;
    data_.store(nullptr, std::memory_order_relaxed);
    return *this;
  }
  // Built already.
  explicit LazyList(Entries entries) : size_(entries.size()), entries_(std::move(entries)) {}
  // `build` makes exactly `size` entries, `make_some` the same ones.
  LazyList(LazyValue<size_t> size, std::function<Entries()> build, MakeSome make_some = nullptr)
      : size_(std::move(size)), make_some_(std::move(make_some)), entries_(std::move(build)) {}

  size_t size() const { return is_edited_ ? entries_->size() : *size_; }
  bool empty() const { return size() == 0; }
  const Entries& operator*() const { return *entries_; }
  const Entries* operator->() const { return &*entries_; }
  const_iterator begin() const { return entries_->begin(); }
  const_iterator end() const { return entries_->end(); }
  const Entry& operator[](size_t position) const {
    const Entry* data = data_.load(std::memory_order_acquire);
    return data != nullptr ? data[position] : Data()[position];
  }
  const Entry& at(size_t position) const { return entries_->at(position); }
  // The entries at these positions, in their order. A few are made without all others.
  Entries At(std::span<const uint32_t> positions) const {
    constexpr size_t kFewShare = 4;  // Fewer than one in so many.
    if (make_some_ != nullptr && !is_edited_ && !entries_.is_made() &&
        kFewShare * positions.size() < size()) {
      return make_some_(positions);
    }
    Entries some(positions.size());
    const Entry* all = entries_->data();
    constexpr size_t kPartEntries = 131'072;
    ParallelParts(positions.size(), kPartEntries, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) some[i] = all[positions[i]];
    });
    return some;
  }
  bool operator==(const LazyList& other) const { return entries_ == other.entries_; }

  // For lists made by hand: what copies shared is no longer shared.
  Entries& Edit() {
    is_edited_ = true;
    data_.store(nullptr, std::memory_order_relaxed);
    return entries_.Edit();
  }

 private:
  const Entry* Data() const {
    const Entry* data = entries_->data();
    if (!is_edited_) data_.store(data, std::memory_order_release);
    return data;
  }

  LazyValue<size_t> size_;
  bool is_edited_ = false;  // Then the size is that of the entries.
  MakeSome make_some_;      // May be null.
  LazyValue<Entries> entries_;
  // Of the entries once somebody read one, so that the next one is one step away. Those of a list
  // made by hand may move.
  mutable std::atomic<const Entry*> data_ = nullptr;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_LAZY_VALUE_H_
