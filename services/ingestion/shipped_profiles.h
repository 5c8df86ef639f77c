// The import profiles that come with Quotacast, embedded at build time from profiles/*.toml.
#ifndef QUOTACAST_SERVICES_INGESTION_SHIPPED_PROFILES_H_
#define QUOTACAST_SERVICES_INGESTION_SHIPPED_PROFILES_H_

#include <optional>
#include <string_view>
#include <vector>

namespace quotacast::ingestion {

// Names in order.
std::vector<std::string_view> ShippedProfileNames();

// The TOML text; nullopt when there is no profile of that name. Lives for ever.
std::optional<std::string_view> ShippedProfileText(std::string_view name);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SHIPPED_PROFILES_H_
