// Groupings of KPI tables as the command line writes them.
#ifndef QUOTACAST_CLIENTS_CLI_GROUPING_WORDS_H_
#define QUOTACAST_CLIENTS_CLI_GROUPING_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// "lead_source" for GROUP_BY_LEAD_SOURCE; the number of a value that this program does not know.
std::string GroupByWord(int group_by);

// All of them, in the order of the schema.
std::vector<std::string> GroupByWords();

std::optional<metrics::v1::GroupBy> GroupByOfWord(const std::string& word);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_GROUPING_WORDS_H_
