// A small cache of immutable values that forgets the least recently used.
#ifndef QUOTACAST_SERVICES_SIMULATION_LRU_CACHE_H_
#define QUOTACAST_SERVICES_SIMULATION_LRU_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace quotacast::simulation {

// Thread-safe. Values are shared, so that one in use outlives its place in the cache. Look-up is
// linear: capacities are a handful.
template <typename Value>
class LruCache {
 public:
  // Keeps at most `capacity` values; 0 keeps none.
  explicit LruCache(size_t capacity) : capacity_(capacity) {}

  // The value of `key`, which becomes the most recently used; null when absent.
  std::shared_ptr<const Value> Find(const std::string& key) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->first != key) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entries_.front().second;
    }
    return nullptr;
  }

  // Adds or replaces.
  void Insert(const std::string& key, std::shared_ptr<const Value> value) {
    std::lock_guard<std::mutex> lock(mutex_);
    entries_.remove_if([&key](const auto& entry) { return entry.first == key; });
    entries_.emplace_front(key, std::move(value));
    while (entries_.size() > capacity_) entries_.pop_back();
  }

  size_t size() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return entries_.size();
  }

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::list<std::pair<std::string, std::shared_ptr<const Value>>> entries_;  // Guarded by mutex_.
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_LRU_CACHE_H_
