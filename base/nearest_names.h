// "The nearest are ..." in messages about names that nothing has.
#ifndef QUOTACAST_BASE_NEAREST_NAMES_H_
#define QUOTACAST_BASE_NEAREST_NAMES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quotacast {

// Bytes of a name that was asked for which are compared, and worth showing.
inline constexpr size_t kMaxShownNameBytes = 64;

// The part of an asked name that a message shows.
std::string ShownName(std::string_view asked);

// At most `count` of `names`, nearest first: those that begin with `asked`, then by edit distance
// (letter case of ASCII ignored), then in order. Cost: the product of the lengths per name, each
// cut to kMaxShownNameBytes.
std::vector<std::string> NearestNames(std::string_view asked, const std::vector<std::string>& names,
                                      size_t count);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_NEAREST_NAMES_H_
