// Where the histories of a deal lie among those of a book: in which layer, and as which deal of it.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_PLACE_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_PLACE_H_

#include <cstddef>
#include <cstdint>

namespace quotacast::metrics {

// Both in one number, because a view keeps one for each of its deals.
inline constexpr uint32_t kDealBits = 14;
// A layer has no more deals than this.
inline constexpr size_t kMaxLayerDeals = size_t{1} << kDealBits;

constexpr uint32_t PlaceOf(size_t layer, size_t deal) {
  return static_cast<uint32_t>(layer << kDealBits | deal);
}
constexpr uint32_t LayerOf(uint32_t place) { return place >> kDealBits; }
constexpr uint32_t DealOf(uint32_t place) { return place & (kMaxLayerDeals - 1); }

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_PLACE_H_
