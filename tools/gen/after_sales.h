// What customers leave behind: order lines of won deals, feedback on pitch and process, what was
// learned about accounts, and what went wrong after a sale.
#ifndef QUOTACAST_TOOLS_GEN_AFTER_SALES_H_
#define QUOTACAST_TOOLS_GEN_AFTER_SALES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/deals.h"

namespace quotacast::gen {

inline constexpr double kFeedbackShare = 0.15;  // Of closings.
inline constexpr double kInsightShare = 0.20;   // Of deals.
inline constexpr double kIncidentShare = 0.12;  // Of wins.

struct Product {
  const char* id;
  const char* name;
  int64_t list_price;  // Major units.
  int64_t unit_cost;
};
inline constexpr std::array<Product, 5> kProducts = {
    {{"Core", "Quill Core", 8'000, 2'400},
     {"Plus", "Quill Plus", 30'000, 8'500},
     {"Suite", "Quill Suite", 110'000, 30'000},
     {"Care", "Quill Care", 12'000, 3'000},
     {"Onboarding", "Quill Onboarding", 2'500, 1'600}}};

// Amounts in minor units. A deal's lines add up to what was booked; a cancelled order has the same
// lines with a minus on the day of the cancellation.
struct OrderLine {
  std::string order_id;
  int line = 0;
  absl::CivilDay day;
  const char* product_id = "";
  int64_t quantity = 0;
  int64_t unit_price = 0;
  int64_t amount = 0;
  int64_t cost = 0;
  int rep = 0;
};

struct Feedback {
  std::string id;
  absl::CivilDay day;
  int stage = 0;  // The last open stage.
  const char* topic = "";
  int rating = 0;
  const char* comment = "";
};

struct Insight {
  std::string id;
  absl::CivilDay day;
  absl::CivilDay expiry;
  int rep = 0;
  const char* topic = "";
  const char* finding = "";
  const char* evidence = "";
};

struct Incident {
  std::string id;
  int rep = 0;
  const char* topic = "";
  int64_t opened_minute = 0;
  int64_t acknowledged_minute = 0;
  int64_t resolved_minute = 0;
  bool is_recovered = false;
};

std::vector<OrderLine> OrderLinesOf(const Company& company, const Deal& deal);
std::vector<Feedback> FeedbackOf(const Company& company, const Deal& deal);
std::optional<Insight> InsightOf(const Company& company, const Deal& deal);
std::optional<Incident> IncidentOf(const Company& company, const Deal& deal);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_AFTER_SALES_H_
