#include "services/simulation/track_records.h"

#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace quotacast::simulation {
namespace {

std::optional<type::v1::TrackRecord> Find(
    const std::map<std::string, type::v1::TrackRecord>& records, const std::string& parent) {
  const auto found = records.find(parent);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::Status InMemoryTrackRecords::Put(const std::string& parent,
                                       const type::v1::TrackRecord& record) {
  std::lock_guard<std::mutex> lock(mutex_);
  records_[parent] = record;
  return absl::OkStatus();
}

std::optional<type::v1::TrackRecord> InMemoryTrackRecords::Get(const std::string& parent) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return Find(records_, parent);
}

FileTrackRecords::FileTrackRecords(std::string path) : path_(std::move(path)) {
  std::ifstream file(path_);
  std::string line;
  while (std::getline(file, line)) {
    // Names of workspaces hold no tab, nor does JSON outside of its strings.
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    type::v1::TrackRecord record;
    if (!google::protobuf::util::JsonStringToMessage(line.substr(tab + 1), &record).ok()) continue;
    records_[line.substr(0, tab)] = record;
  }
}

absl::Status FileTrackRecords::Put(const std::string& parent, const type::v1::TrackRecord& record) {
  std::lock_guard<std::mutex> lock(mutex_);
  records_[parent] = record;
  const std::string draft = path_ + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    for (const auto& [name, kept] : records_) {
      std::string json;
      if (!google::protobuf::util::MessageToJsonString(kept, &json).ok()) continue;
      file << name << '\t' << json << '\n';
    }
    file.close();
    if (!file) {
      return absl::UnavailableError(
          absl::StrCat("the track record could not be written to ", draft));
    }
  }
  if (std::rename(draft.c_str(), path_.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("the track record could not be moved to ", path_));
  }
  return absl::OkStatus();
}

std::optional<type::v1::TrackRecord> FileTrackRecords::Get(const std::string& parent) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return Find(records_, parent);
}

}  // namespace quotacast::simulation
