#include "tools/gen/after_sales.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/gen/days.h"
#include "tools/gen/draws.h"

namespace quotacast::gen {
namespace {

constexpr double kOnboardingShare = 0.35;  // Of wins that are no renewals.
constexpr int64_t kMinorUnits = 100;

struct Remark {
  const char* topic;
  const char* comment;
};
constexpr std::array<Remark, 3> kBadRemarks = {{{"pitch", "did not speak about our business"},
                                                {"process", "took weeks to get a quote"},
                                                {"pitch", "too many features at once"}}};
constexpr std::array<Remark, 3> kGoodRemarks = {{{"pitch", "understood our problem quickly"},
                                                 {"process", "always knew what comes next"},
                                                 {"process", "kept every date"}}};

struct Finding {
  const char* topic;
  const char* finding;
  const char* evidence;
};
constexpr std::array<Finding, 6> kFindings = {
    {{"budget", "budget year ends in June", "said so in a meeting"},
     {"decision", "procurement decides above 50k", "saw the signing rules"},
     {"plans", "opens a second plant next year", "press release"},
     {"tools", "replaces its spreadsheets this year", "mail from the head of operations"},
     {"people", "the champion changes departments", "told on a call"},
     {"competition", "has a contract with Corvus until spring", "saw the contract date"}}};

constexpr std::array<const char*, 4> kIncidentTopics = {"late delivery", "wrong invoice", "outage",
                                                        "missing feature"};

const Product& ProductNamed(const std::string& id) {
  return *std::find_if(kProducts.begin(), kProducts.end(),
                       [&id](const Product& product) { return product.id == id; });
}

// A quantity by which the amount (in cents a multiple of 1,000) can be divided, so that the unit
// price is near the list price.
int64_t QuantityFor(int64_t amount, int64_t list_price) {
  int64_t best = 1;
  for (const int64_t quantity : {2, 4, 5, 8, 10, 20, 25, 50}) {
    if (amount % quantity == 0 && amount / quantity >= list_price * kMinorUnits * 6 / 10) {
      best = quantity;
    }
  }
  return best;
}

OrderLine MakeLine(const Deal& deal, int line, absl::CivilDay day, const Product& product,
                   int64_t amount) {
  OrderLine made;
  made.order_id = absl::StrCat("O", DealId(deal.number).substr(1));
  made.line = line;
  made.day = day;
  made.product_id = product.id;
  made.quantity = QuantityFor(amount, product.list_price);
  made.unit_price = amount / made.quantity;
  made.amount = amount;
  // Cost follows the amount: a discount does not make the product cheaper to make.
  made.cost = std::min(amount, made.quantity * product.unit_cost * kMinorUnits);
  made.rep = OwnerOn(deal, day);
  return made;
}

std::vector<OrderLine> LinesOfWin(const Company& company, const Deal& deal, const StageEntry& win) {
  Draws draws(company.options.seed, "order", {static_cast<int64_t>(deal.origin.key)});
  const Product& main = ProductNamed(company.segments[deal.origin.segment].product_id);
  const Product& onboarding = kProducts.back();
  const int64_t total = win.amount * kMinorUnits;
  const int64_t extra = onboarding.list_price * kMinorUnits;
  const bool has_extra =
      deal.origin.motion != Motion::kRenewal && draws.Chance(kOnboardingShare) && total > 3 * extra;
  std::vector<OrderLine> lines = {
      MakeLine(deal, 1, win.day, main, has_extra ? total - extra : total)};
  if (has_extra) lines.push_back(MakeLine(deal, 2, win.day, onboarding, extra));
  return lines;
}

}  // namespace

std::vector<OrderLine> OrderLinesOf(const Company& company, const Deal& deal) {
  std::vector<OrderLine> lines;
  for (size_t i = 0; i < deal.path.size(); ++i) {
    if (deal.path[i].stage != kWonStage) continue;
    const std::vector<OrderLine> won = LinesOfWin(company, deal, deal.path[i]);
    lines.insert(lines.end(), won.begin(), won.end());
    if (i + 1 == deal.path.size()) break;
    for (OrderLine line : won) {
      line.line += 100;  // Credit lines.
      line.day = deal.path[i + 1].day;
      line.quantity = -line.quantity;
      line.amount = -line.amount;
      line.cost = -line.cost;
      lines.push_back(line);
    }
  }
  return lines;
}

std::vector<Feedback> FeedbackOf(const Company& company, const Deal& deal) {
  std::vector<Feedback> all;
  Draws draws(company.options.seed, "feedback", {static_cast<int64_t>(deal.origin.key)});
  for (size_t i = 1; i < deal.path.size(); ++i) {
    const StageEntry& entry = deal.path[i];
    if (entry.stage < kStageCount || deal.path[i - 1].stage >= kStageCount) continue;
    if (!draws.Chance(kFeedbackShare)) continue;
    Feedback feedback;
    feedback.id = absl::StrCat(DealId(deal.number), "-F", all.size() + 1);
    feedback.day = entry.day + draws.Between(1, 14);
    feedback.stage = deal.path[i - 1].stage;
    static constexpr std::array<double, 5> kWon = {0.02, 0.05, 0.18, 0.45, 0.30};
    static constexpr std::array<double, 5> kLost = {0.12, 0.25, 0.35, 0.22, 0.06};
    feedback.rating = 1 + draws.Pick(entry.stage == kWonStage ? kWon : kLost);
    const Remark& remark = feedback.rating >= 4 ? kGoodRemarks[draws.Below(kGoodRemarks.size())]
                                                : kBadRemarks[draws.Below(kBadRemarks.size())];
    feedback.topic = remark.topic;
    feedback.comment = remark.comment;
    all.push_back(feedback);
  }
  return all;
}

std::optional<Insight> InsightOf(const Company& company, const Deal& deal) {
  Draws draws(company.options.seed, "insight", {static_cast<int64_t>(deal.origin.key)});
  if (!draws.Chance(kInsightShare)) return std::nullopt;
  Insight insight;
  insight.id = absl::StrCat(DealId(deal.number), "-K1");
  insight.day = WorkdayFrom(deal.origin.created + draws.Between(0, 20));
  insight.expiry = insight.day + draws.Between(90, 365);
  insight.rep = OwnerOn(deal, insight.day);
  const Finding& finding = kFindings[draws.Below(kFindings.size())];
  insight.topic = finding.topic;
  insight.finding = finding.finding;
  insight.evidence = finding.evidence;
  return insight;
}

std::optional<Incident> IncidentOf(const Company& company, const Deal& deal) {
  if (!deal.IsWon()) return std::nullopt;
  Draws draws(company.options.seed, "incident", {static_cast<int64_t>(deal.origin.key)});
  if (!draws.Chance(kIncidentShare)) return std::nullopt;
  Incident incident;
  incident.id = absl::StrCat(DealId(deal.number), "-N1");
  const absl::CivilDay day = deal.path.back().day + draws.Between(10, 250);
  incident.rep = TakerOf(company.people, deal.origin.seat, day, 0).value_or(deal.last_owner);
  incident.topic = kIncidentTopics[draws.Below(kIncidentTopics.size())];
  incident.opened_minute = MinuteOf(day, draws.Between(0, 1'439));
  incident.acknowledged_minute =
      AfterBusinessMinutes(incident.opened_minute, draws.Between(10, 900));
  incident.resolved_minute =
      AfterBusinessMinutes(incident.acknowledged_minute, draws.Between(60, 5'000));
  incident.is_recovered = draws.Chance(0.75);
  return incident;
}

}  // namespace quotacast::gen
