// A list whose entries are built when somebody first asks for more than their number.
#ifndef QUOTACAST_SERVICES_METRICS_LAZY_LIST_H_
#define QUOTACAST_SERVICES_METRICS_LAZY_LIST_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace quotacast::metrics {

// Copies share what was built. Thread-safe but for Edit.
template <typename Entry>
class LazyList {
 public:
  using Entries = std::vector<Entry>;
  using const_iterator = typename Entries::const_iterator;

  LazyList() = default;  // Empty.
  // `build` makes exactly `size` entries.
  LazyList(size_t size, std::function<Entries()> build)
      : state_(std::make_shared<State>(size, std::move(build))) {}

  size_t size() const { return state_ == nullptr ? 0 : state_->size(); }
  bool empty() const { return size() == 0; }
  const Entries& operator*() const {
    static const Entries* const none = new Entries();
    return state_ == nullptr ? *none : state_->Built();
  }
  const Entries* operator->() const { return &**this; }
  const_iterator begin() const { return (**this).begin(); }
  const_iterator end() const { return (**this).end(); }
  const Entry& operator[](size_t position) const { return (**this)[position]; }
  const Entry& at(size_t position) const { return (**this).at(position); }
  bool operator==(const LazyList& other) const { return **this == *other; }

  // For lists made by hand: what copies shared is no longer shared.
  Entries& Edit() {
    if (state_ == nullptr || state_.use_count() > 1 || state_->has_builder()) {
      state_ = std::make_shared<State>(Entries(**this));
    }
    return state_->Built();
  }

 private:
  class State {
   public:
    State(size_t size, std::function<Entries()> build) : size_(size), build_(std::move(build)) {}
    explicit State(Entries built) : built_(std::move(built)) {}

    bool has_builder() const { return build_ != nullptr; }
    size_t size() const { return build_ == nullptr ? built_.size() : size_; }
    Entries& Built() {
      if (build_ != nullptr) std::call_once(once_, [this] { built_ = build_(); });
      return built_;
    }

   private:
    const size_t size_ = 0;
    const std::function<Entries()> build_;  // Null: `built_` is it.
    std::once_flag once_;
    Entries built_;
  };

  std::shared_ptr<State> state_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_LAZY_LIST_H_
