// Whom the company sells to. An account is a function of its index, so a company of any size keeps
// none in memory.
#ifndef QUOTACAST_TOOLS_GEN_CUSTOMERS_H_
#define QUOTACAST_TOOLS_GEN_CUSTOMERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "tools/gen/options.h"

namespace quotacast::gen {

inline constexpr int kAccountsPerSeat = 60;
// One account in this many turns out to be another one and is merged into it.
inline constexpr int kAccountsPerDuplicate = 400;

struct Account {
  std::string id;  // "A00001".
  std::string name;
  std::string industry;
  std::string location;
  int seat = 0;                  // Whose territory it lies in.
  int64_t yearly_potential = 0;  // Major units.
  std::string buyer_behaviour;
};

// When an account was found to be a duplicate, and of which.
struct AccountMerge {
  int into = 0;
  absl::CivilDay day;
};

int AccountCount(const CompanyOptions& options);
std::string AccountId(int account);
Account MakeAccount(const CompanyOptions& options, int account);

// The `turn`-th account of a seat, 0..kAccountsPerSeat - 1.
int AccountOfSeat(const CompanyOptions& options, int seat, int turn);

// What became of a duplicate within the export; most accounts are none.
std::optional<AccountMerge> MergeOf(const CompanyOptions& options, int account);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_CUSTOMERS_H_
