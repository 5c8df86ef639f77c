// A team that sends its CRM's export files, one export after another, each until it is told that it
// was taken in whole.
#ifndef QUOTACAST_TESTS_WORLD_IMPORTER_H_
#define QUOTACAST_TESTS_WORLD_IMPORTER_H_

#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "services/ingestion/small_company.h"
#include "tests/world/actor.h"

namespace quotacast::tests {

struct Export {
  std::string profile;
  ingestion::Files files;
};

// The exports of a snapshot CRM, and of one with stage history; later ones tell of changes.
std::vector<Export> SnapshotExports();
std::vector<Export> HistoryExports();

class FileImporter final : public Actor {
 public:
  // `source` is that of the exports' profile: all its events come from here.
  FileImporter(std::string name, std::string workspace, std::string source,
               std::vector<Export> exports);

  const std::string& source() const { return source_; }

  absl::Status Step(Stage& stage) override;
  bool IsDone() const override { return next_ == exports_.size(); }
  // The source's events are those of the same exports imported without any failure.
  absl::Status CheckEnd(Stage& stage) override;

 private:
  const std::string source_;
  const std::vector<Export> exports_;
  size_t next_ = 0;
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_IMPORTER_H_
