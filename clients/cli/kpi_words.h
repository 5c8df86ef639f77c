// What KPI tables are grouped by and set beside, as the command line writes it: the names of the
// schema in lower case.
#ifndef QUOTACAST_CLIENTS_CLI_KPI_WORDS_H_
#define QUOTACAST_CLIENTS_CLI_KPI_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {

// "lead_source" for GROUP_BY_LEAD_SOURCE; the number of a value that this program does not know.
std::string GroupByWord(int group_by);

// All of them, in the order of the schema.
std::vector<std::string> GroupByWords();

// A word as GroupByWord writes it; "lead-source" is taken, too.
std::optional<metrics::v1::GroupBy> GroupByOfWord(const std::string& word);

// The same of comparisons: "previous_period" for KPI_COMPARISON_PREVIOUS_PERIOD.
std::string ComparisonWord(int comparison);
std::vector<std::string> ComparisonWords();
std::optional<metrics::v1::KpiComparison> ComparisonOfWord(const std::string& word);

// `text` with the names of groupings and comparisons in it as words: what a service says about
// GROUP_BY_REP in terms of "rep".
std::string InKpiWords(const std::string& text);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_KPI_WORDS_H_
