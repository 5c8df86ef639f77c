// "Did you mean ...?" for values that a file misspells.
#ifndef QUOTACAST_SERVICES_INGESTION_NEAREST_NAME_H_
#define QUOTACAST_SERVICES_INGESTION_NEAREST_NAME_H_

#include <string>
#include <string_view>
#include <vector>

namespace quotacast::ingestion {

// The name with the smallest edit distance (Levenshtein, ASCII letter case ignored) to `value`,
// the first of several; empty when even that one differs in more than a third of the longer
// one's bytes. Cost: the product of the lengths per name; names beyond 256 bytes are passed over.
std::string NearestName(std::string_view value, const std::vector<std::string_view>& names);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_NEAREST_NAME_H_
