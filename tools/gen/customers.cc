#include "tools/gen/customers.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/gen/draws.h"
#include "tools/gen/names.h"
#include "tools/gen/rounding.h"

namespace quotacast::gen {
namespace {

constexpr std::array<const char*, 8> kIndustries = {
    "manufacturing", "software", "retail", "health", "energy", "logistics", "finance", "education"};
constexpr std::array<const char*, 3> kAmericas = {"United States", "Canada", "United States"};
constexpr std::array<const char*, 6> kEmea = {"Germany", "France", "Spain",
                                              "Sweden",  "Italy",  "United Kingdom"};
constexpr std::array<const char*, 4> kBehaviours = {"self-educated", "consensus", "price-led",
                                                    "relationship"};
constexpr double kPotentialMedian = 60'000;
constexpr double kPotentialLogSd = 1.0;

}  // namespace

int AccountCount(const CompanyOptions& options) { return options.rep_count * kAccountsPerSeat; }

std::string AccountId(int account) { return absl::StrFormat("A%05d", account + 1); }

int AccountOfSeat(const CompanyOptions& options, int seat, int turn) {
  return turn * options.rep_count + seat;
}

Account MakeAccount(const CompanyOptions& options, int account) {
  Draws draws(options.seed, "account", {account});
  Account made;
  made.id = AccountId(account);
  made.name = CompanyName(account);
  made.seat = account % options.rep_count;
  made.industry = kIndustries[draws.Below(kIndustries.size())];
  const bool is_emea = made.seat % 4 >= 2;  // As the teams are dealt.
  made.location = is_emea ? kEmea[draws.Below(kEmea.size())] : kAmericas[draws.Below(3)];
  made.yearly_potential = RoundTo(draws.LogNormal(0, kPotentialLogSd) * kPotentialMedian, 1'000);
  made.buyer_behaviour = kBehaviours[draws.Below(kBehaviours.size())];
  // Nobody notices a duplicate whose name is quite another.
  if (const auto merge = MergeOf(options, account); merge.has_value()) {
    made.name = absl::StrCat(CompanyName(merge->into), " Ltd");
  }
  return made;
}

std::optional<AccountMerge> MergeOf(const CompanyOptions& options, int account) {
  if (account % kAccountsPerDuplicate != kAccountsPerDuplicate - 1) return std::nullopt;
  const int into = account - options.rep_count;  // Of the same seat.
  if (into < 0 || into % kAccountsPerDuplicate == kAccountsPerDuplicate - 1) return std::nullopt;
  Draws draws(options.seed, "account-merge", {account});
  const auto days = static_cast<int>(options.last_day - options.start);
  return AccountMerge{into, options.start + draws.Between(days / 3, days - 10)};
}

}  // namespace quotacast::gen
