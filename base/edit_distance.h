// How far two names are apart, for "did you mean ...?" in messages.
#ifndef QUOTACAST_BASE_EDIT_DISTANCE_H_
#define QUOTACAST_BASE_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace quotacast {

// Levenshtein distance in bytes, case-sensitive: the least number of insertions, deletions and
// replacements that turn `a` into `b`. Wagner and Fischer (1974), one row of the table at a time.
// Cost: a.size() * b.size(); callers bound the lengths.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_EDIT_DISTANCE_H_
