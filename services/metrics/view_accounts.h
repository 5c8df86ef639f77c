// The accounts of a view, made when somebody asks for them (private to the book).
#ifndef QUOTACAST_SERVICES_METRICS_VIEW_ACCOUNTS_H_
#define QUOTACAST_SERVICES_METRICS_VIEW_ACCOUNTS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/merges.h"
#include "services/metrics/name_order.h"

namespace quotacast::metrics {

// What they are made from: those that deals name, in order, unless they were merged into another
// one, and those that sources describe.
struct AccountSource {
  std::shared_ptr<const NameOrder> names;
  LazyValue<std::vector<uint8_t>> is_used;  // By code.
  Merges merges;
  std::vector<BookAccount> described;  // By id.
};

struct ViewAccounts {
  LazyList<BookAccount> accounts;         // In order of id.
  LazyList<AccountFigures> figures;       // Of the same accounts.
  LazyValue<std::vector<int>> positions;  // By code of the name; -1: nowhere.
};

ViewAccounts AccountsFrom(AccountSource source);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_VIEW_ACCOUNTS_H_
