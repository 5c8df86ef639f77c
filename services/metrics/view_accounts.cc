#include "services/metrics/view_accounts.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "quotacast/crm/v1/crm_event.pb.h"

namespace quotacast::metrics {
namespace {

struct AccountPlaces {
  // By position: the id, and where the account is among those described (-1: it is not). Texts are
  // those of the source.
  std::vector<std::pair<std::string_view, int>> accounts;
  std::vector<int> positions;  // By code of the name; -1: nowhere.
};

AccountPlaces PlaceAccounts(const AccountSource& source) {
  AccountPlaces placed;
  const NameOrder& names = *source.names;
  placed.positions.resize(names.size(), -1);
  const std::vector<uint8_t>& is_used = *source.is_used;
  // Codes by the id of the account that stands for them.
  std::map<std::string_view, std::vector<uint32_t>> merged_away;
  std::vector<uint32_t> named;
  for (const uint32_t code : names.codes()) {
    if (code >= is_used.size() || is_used[code] == 0 || names.At(code).empty()) continue;
    if (source.merges.has_any(crm::v1::ENTITY_KIND_ACCOUNT)) {
      const std::string id(names.At(code));
      if (source.merges.IsMergedAway(crm::v1::ENTITY_KIND_ACCOUNT, id)) {
        merged_away[source.merges.Standing(crm::v1::ENTITY_KIND_ACCOUNT, id)].push_back(code);
        continue;
      }
    }
    named.push_back(code);
  }
  auto next_named = named.begin();
  auto next_merged = merged_away.begin();
  size_t next_described = 0;
  for (;;) {
    // The smallest id of the three, each of which is in order.
    std::optional<std::string_view> id;
    const auto consider = [&id](std::string_view other) {
      if (!id || other < *id) id = other;
    };
    if (next_named != named.end()) consider(names.At(*next_named));
    if (next_merged != merged_away.end()) consider(next_merged->first);
    if (next_described < source.described.size()) consider(source.described[next_described].id);
    if (!id) return placed;
    const int position = static_cast<int>(placed.accounts.size());
    int described = -1;
    if (next_named != named.end() && names.At(*next_named) == *id) {
      placed.positions[*next_named++] = position;
    }
    if (next_merged != merged_away.end() && next_merged->first == *id) {
      for (const uint32_t code : next_merged->second) placed.positions[code] = position;
      ++next_merged;
    }
    if (next_described < source.described.size() && source.described[next_described].id == *id) {
      described = static_cast<int>(next_described++);
    }
    placed.accounts.emplace_back(*id, described);
  }
}

}  // namespace

ViewAccounts AccountsFrom(AccountSource from) {
  const auto source = std::make_shared<const AccountSource>(std::move(from));
  const LazyValue<AccountPlaces> placed([source] { return PlaceAccounts(*source); });
  const LazyValue<size_t> size([placed] { return placed->accounts.size(); });
  ViewAccounts made;
  made.positions = LazyValue<std::vector<int>>([placed] { return placed->positions; });
  made.accounts = LazyList<BookAccount>(size, [source, placed] {
    std::vector<BookAccount> accounts;
    accounts.reserve(placed->accounts.size());
    for (const auto& [id, described] : placed->accounts) {
      if (described >= 0) {
        accounts.push_back(source->described[static_cast<size_t>(described)]);
        continue;
      }
      BookAccount& account = accounts.emplace_back();
      account.id = std::string(id);
      account.display_name = account.id;
    }
    return accounts;
  });
  made.figures = LazyList<AccountFigures>(size, [source, placed] {
    std::vector<AccountFigures> figures(placed->accounts.size());
    for (size_t i = 0; i < figures.size(); ++i) {
      const int described = placed->accounts[i].second;
      if (described < 0) continue;
      figures[i] = FiguresOf(source->described[static_cast<size_t>(described)]);
    }
    return figures;
  });
  return made;
}

}  // namespace quotacast::metrics
