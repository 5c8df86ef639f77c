// What several questions about one view work out alike, worked out once.
#ifndef QUOTACAST_SERVICES_METRICS_VIEW_MEMO_H_
#define QUOTACAST_SERVICES_METRICS_VIEW_MEMO_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>
#include <utility>

#include "services/metrics/lazy_value.h"

namespace quotacast::metrics {

// Thread-safe. A copy begins empty: it belongs to a view that may become another one.
class ViewMemo {
 public:
  // Values beyond so many are made anew for whoever asks, so that a view stays small.
  static constexpr size_t kMaxValues = 16;

  ViewMemo() = default;
  ViewMemo(const ViewMemo&) {}
  ViewMemo& operator=(const ViewMemo&) {
    const std::lock_guard<std::mutex> lock(mutex_);
    values_.clear();
    return *this;
  }

  // What make() gives, which must depend on the view and the key alone. Values of different types
  // do not meet.
  template <typename Value>
  LazyValue<Value> Get(const std::string& key, std::function<Value()> make) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::pair<std::type_index, std::string> place{typeid(Value), key};
    const auto known = values_.find(place);
    if (known != values_.end()) return *static_cast<const LazyValue<Value>*>(known->second.get());
    const auto made = std::make_shared<LazyValue<Value>>(std::move(make));
    if (values_.size() < kMaxValues) values_.emplace(place, made);
    return *made;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::type_index, std::string>, std::shared_ptr<const void>> values_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_VIEW_MEMO_H_
