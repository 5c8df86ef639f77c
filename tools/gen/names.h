// Names that look real and are not: people, companies, territories. Pure functions of an index.
#ifndef QUOTACAST_TOOLS_GEN_NAMES_H_
#define QUOTACAST_TOOLS_GEN_NAMES_H_

#include <cstdint>
#include <string>

namespace quotacast::gen {

// Unique per index.
std::string PersonName(int index);
std::string CompanyName(int64_t index);
// A city of the Americas or of Europe; unique per index and region.
std::string TerritoryName(int index, bool is_emea);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_NAMES_H_
