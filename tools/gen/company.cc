#include "tools/gen/company.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/random.h"
#include "base/status_macros.h"

namespace quotacast::gen {
namespace {

constexpr double kMarketSd = 0.06;
constexpr double kTeamSd = 0.04;
constexpr double kAbilitySd = 0.10;
constexpr double kRampWeeks = 22;
constexpr double kBookedLogMean = -0.03;  // Discounts on the way to the signature.
constexpr double kBookedLogSd = 0.08;
// Quotas are set a little below what a ramped rep of average ability books, as they are where about
// half of the reps reach them: the median of a skewed distribution is below its mean.
constexpr double kQuotaShare = 0.85;
// Deals are created until the truth of two quarters after the last day is known.
constexpr int kFutureDays = 190;

// A stream of draws for one entity.
class Draws {
 public:
  Draws(uint64_t seed, uint64_t entity) : seed_(seed), entity_(entity) {}

  double Uniform() {
    const auto block = RandomBlock(seed_, entity_, 0, RandomPurpose::kSynthetic, index_++);
    return UniformOpen(block[0], block[1]);
  }

  // Box and Muller.
  double Normal() {
    const double radius = std::sqrt(-2.0 * std::log(Uniform()));
    return radius * std::cos(2.0 * M_PI * Uniform());
  }

  // By inversion, sequential from 0; means here are below 10.
  int Poisson(double mean) {
    double term = std::exp(-mean);
    double sum = term;
    const double u = Uniform();
    int count = 0;
    while (u > sum && count < 1000) {
      ++count;
      term *= mean / count;
      sum += term;
    }
    return count;
  }

  double Weibull(double scale, double shape) {
    return scale * std::pow(-std::log(Uniform()), 1.0 / shape);
  }

  int Below(int count) { return std::min(count - 1, static_cast<int>(Uniform() * count)); }

 private:
  uint64_t seed_;
  uint64_t entity_;
  uint32_t index_ = 0;
};

double NormalCdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

// The probit of p by bisection: called a handful of times.
double Probit(double p) {
  double low = -8, high = 8;
  for (int i = 0; i < 80; ++i) {
    const double mid = 0.5 * (low + high);
    (NormalCdf(mid) < p ? low : high) = mid;
  }
  return 0.5 * (low + high);
}

std::vector<SegmentTruth> Segments() {
  return {
      {"smb", 1.30, {0.62, 0.70, 0.75, 0.80}, {1.8, 1.8, 2.2, 1.4}, 8'000, 0.6, "Core"},
      {"mid_market", 0.80, {0.58, 0.66, 0.72, 0.78}, {3.0, 3.0, 3.8, 2.0}, 30'000, 0.7, "Plus"},
      {"enterprise", 0.15, {0.55, 0.62, 0.70, 0.76}, {4.5, 5.5, 6.5, 4.0}, 110'000, 0.8, "Suite"},
  };
}

std::vector<Team> Teams() {
  return {
      {"americas", "Americas", ""}, {"emea", "EMEA", ""},       {"east", "East", "americas"},
      {"west", "West", "americas"}, {"north", "North", "emea"}, {"south", "South", "emea"},
  };
}

constexpr std::array<const char*, 24> kFirstNames = {
    "Ada",  "Bruno", "Chloe", "Dmitri", "Elena", "Femi",  "Greta", "Hugo",
    "Ines", "Jonas", "Kavya", "Liam",   "Mei",   "Nadia", "Omar",  "Priya",
    "Quin", "Rosa",  "Sven",  "Tara",   "Umar",  "Vera",  "Wen",   "Yara"};
constexpr std::array<const char*, 20> kLastNames = {
    "Abara",  "Bauer", "Costa",  "Dunn",  "Eriksen", "Fuchs", "Garcia", "Haddad", "Ito",  "Jensen",
    "Kapoor", "Lopez", "Moreau", "Novak", "Okafor",  "Park",  "Quist",  "Rossi",  "Sato", "Tran"};
constexpr std::array<const char*, 12> kCompanyHeads = {"Alder", "Basalt",  "Cobalt",  "Delta",
                                                       "Ember", "Fjord",   "Garnet",  "Harbor",
                                                       "Iris",  "Juniper", "Kestrel", "Lumen"};
constexpr std::array<const char*, 10> kCompanyTails = {"Works",   "Systems", "Foods",  "Energy",
                                                       "Retail",  "Health",  "Motors", "Textiles",
                                                       "Freight", "Labs"};
constexpr std::array<const char*, 6> kIndustries = {"manufacturing", "software", "retail",
                                                    "health",        "energy",   "logistics"};
constexpr std::array<const char*, 6> kLocations = {"United States", "Canada", "Germany",
                                                   "France",        "Spain",  "Sweden"};

std::vector<Account> Accounts() {
  std::vector<Account> accounts;
  for (size_t head = 0; head < kCompanyHeads.size(); ++head) {
    for (size_t tail = 0; tail < kCompanyTails.size(); ++tail) {
      const size_t n = accounts.size();
      accounts.push_back({absl::StrFormat("A%04d", n + 1),
                          absl::StrCat(kCompanyHeads[head], " ", kCompanyTails[tail]),
                          kIndustries[n % kIndustries.size()],
                          kLocations[(n / 3) % kLocations.size()]});
    }
  }
  return accounts;
}

std::vector<Rep> Reps(const CompanyOptions& options, const std::vector<Team>& teams) {
  std::vector<std::string> leaves;
  for (const Team& team : teams) {
    if (!team.parent_id.empty()) leaves.push_back(team.id);
  }
  std::vector<Rep> reps;
  const int history_days = options.last_day - options.start;
  for (int i = 0; i < options.rep_count; ++i) {
    Rep rep;
    rep.id = absl::StrFormat("R%03d", i + 1);
    rep.name = absl::StrCat(kFirstNames[i % kFirstNames.size()], " ",
                            kLastNames[(i * 7 + i / kFirstNames.size()) % kLastNames.size()]);
    rep.team_id = leaves[i % leaves.size()];
    Draws draws(options.seed, StableId("rep", rep.id));
    rep.ability = kAbilitySd * draws.Normal();
    // Every sixth rep joined during the history; every twelfth left before its end.
    if (i % 6 == 5) {
      rep.start = options.start + 60 + static_cast<int>(draws.Uniform() * (history_days - 120));
    }
    if (i % 12 == 7) {
      rep.end = options.start + history_days / 2 +
                static_cast<int>(draws.Uniform() * (history_days / 2 - 30));
    }
    reps.push_back(std::move(rep));
  }
  return reps;
}

double Ramp(const Rep& rep, absl::CivilDay day) {
  if (rep.end.has_value() && day >= *rep.end) return 0;
  if (!rep.start.has_value()) return 1;
  const double weeks = static_cast<double>(day - *rep.start) / 7.0;
  return std::clamp(weeks / kRampWeeks, 0.0, 1.0);
}

// Shift of the win side in a calendar quarter: the market and the rep's team.
double QuarterShift(uint64_t seed, const Rep& rep, absl::CivilDay day) {
  const std::string quarter = absl::StrCat(day.year(), "Q", (day.month() - 1) / 3 + 1);
  Draws market(seed, StableId("market", quarter));
  Draws team(seed, StableId("team-quarter", absl::StrCat(rep.team_id, "/", quarter)));
  return kMarketSd * market.Normal() + kTeamSd * team.Normal();
}

// Follows a deal from stage to stage to its end.
void LiveOut(uint64_t seed, const Rep& rep, const SegmentTruth& segment, Draws& draws, Deal& deal) {
  absl::CivilDay day = deal.created;
  for (int stage = 0; stage < kStageCount; ++stage) {
    deal.entered.push_back(day);
    day += static_cast<int>(draws.Weibull(7.0 * segment.dwell_scale_weeks[stage], kDwellShape));
    const double z =
        Probit(segment.advance_probability[stage]) + rep.ability + QuarterShift(seed, rep, day);
    if (draws.Uniform() >= NormalCdf(z)) {
      deal.closed = day;
      return;
    }
  }
  deal.closed = day;
  deal.won = true;
}

int64_t RoundTo(double amount, int64_t unit) {
  return std::max<int64_t>(unit, static_cast<int64_t>(amount / unit + 0.5) * unit);
}

void MakeDealsOfWeek(const Company& company, int rep_index, int segment_index,
                     absl::CivilDay week_start, std::vector<Deal>& deals) {
  const CompanyOptions& options = company.options;
  const Rep& rep = company.reps[rep_index];
  const SegmentTruth& segment = company.segments[segment_index];
  Draws week(options.seed, StableId("week", absl::StrCat(rep.id, "/", segment.id, "/",
                                                         week_start - options.start)));
  const int count = week.Poisson(segment.creation_per_week * Ramp(rep, week_start + 3));
  for (int n = 0; n < count; ++n) {
    const std::string key =
        absl::StrCat(rep.id, "/", segment.id, "/", week_start - options.start, "/", n);
    Draws draws(options.seed, StableId("deal", key));
    Deal deal;
    deal.rep = rep_index;
    deal.segment = segment_index;
    deal.account = draws.Below(static_cast<int>(company.accounts.size()));
    deal.created = week_start + draws.Below(7);
    if (rep.end.has_value() && deal.created >= *rep.end) continue;
    const double amount = segment.amount_median * std::exp(segment.amount_log_sd * draws.Normal());
    deal.amount = RoundTo(amount, 100);
    deal.booked_amount =
        RoundTo(amount * std::exp(kBookedLogMean + kBookedLogSd * draws.Normal()), 10);
    double typical_weeks = 0;
    for (double weeks : segment.dwell_scale_weeks) typical_weeks += weeks;
    deal.expected_close =
        deal.created + static_cast<int>(7 * typical_weeks * (0.7 + 0.6 * draws.Uniform()));
    LiveOut(options.seed, rep, segment, draws, deal);
    deals.push_back(std::move(deal));
  }
}

// What a ramped rep of average ability books in 13 weeks, before discounts.
double ExpectedQuarterBookings(const std::vector<SegmentTruth>& segments) {
  double total = 0;
  for (const SegmentTruth& segment : segments) {
    double win = 1;
    for (double p : segment.advance_probability) win *= p;
    total += 13 * segment.creation_per_week * win * segment.amount_median *
             std::exp(0.5 * segment.amount_log_sd * segment.amount_log_sd);
  }
  return total;
}

absl::Status MakeQuotas(Company& company) {
  QC_ASSIGN_OR_RETURN(const FiscalCalendar calendar, FiscalCalendar::MonthStart(1));
  QC_ASSIGN_OR_RETURN(FiscalPeriod period, calendar.PeriodContaining(company.options.start + 100));
  const double full = ExpectedQuarterBookings(company.segments);
  while (period.start <= company.options.last_day + 100) {
    const absl::CivilDay middle = period.start + (period.end - period.start) / 2;
    for (size_t i = 0; i < company.reps.size(); ++i) {
      // Ramp relief: the quota follows the ramp a quarter behind, as a sales cycle passes first.
      const double relief = Ramp(company.reps[i], middle - 91);
      if (relief < 0.25 || Ramp(company.reps[i], middle) == 0) continue;
      company.quotas.push_back(
          {static_cast<int>(i), period.name, RoundTo(kQuotaShare * full * relief, 5'000)});
    }
    QC_ASSIGN_OR_RETURN(period, calendar.Next(period));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Company> MakeCompany(const CompanyOptions& options) {
  if (options.rep_count < 1 || options.rep_count > kMaxReps) {
    return InvalidField("reps", absl::StrCat(options.rep_count, " is not in 1 to ", kMaxReps));
  }
  if (options.last_day - options.start < 180 || options.last_day - options.start > 3'660) {
    return InvalidField("last_day",
                        absl::StrCat(options.last_day - options.start,
                                     " days of history; between 180 and 3660 can be made"));
  }
  Company company;
  company.options = options;
  company.segments = Segments();
  company.teams = Teams();
  company.reps = Reps(options, company.teams);
  company.accounts = Accounts();
  const int week_count = (options.last_day + kFutureDays - options.start) / 7;
  for (int week = 0; week < week_count; ++week) {
    for (int rep = 0; rep < options.rep_count; ++rep) {
      for (int segment = 0; segment < kSegmentCount; ++segment) {
        MakeDealsOfWeek(company, rep, segment, options.start + 7 * week, company.deals);
      }
    }
  }
  std::stable_sort(company.deals.begin(), company.deals.end(),
                   [](const Deal& a, const Deal& b) { return a.created < b.created; });
  for (size_t i = 0; i < company.deals.size(); ++i) {
    company.deals[i].id = absl::StrFormat("D%06d", i + 1);
  }
  QC_RETURN_IF_ERROR(MakeQuotas(company));
  return company;
}

int64_t Bookings(const Company& company, absl::CivilDay from, absl::CivilDay to) {
  int64_t total = 0;
  for (const Deal& deal : company.deals) {
    if (deal.won && deal.closed >= from && deal.closed < to) total += deal.booked_amount;
  }
  return total;
}

}  // namespace quotacast::gen
