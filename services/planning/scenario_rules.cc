#include "services/planning/scenario_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/digest/sha256.h"
#include "services/planning/initiative_rules.h"

namespace quotacast::planning {
namespace {

void CheckCount(int count, int max, const std::string& path, FieldErrors& errors) {
  if (count <= max) return;
  errors.Add(path, absl::StrCat("has ", count, " entries; want at most ", max));
}

void CheckUnique(const std::string& id, const std::string& path, std::set<std::string>& seen,
                 FieldErrors& errors) {
  CheckRequiredText(id, path, "an id", errors);
  if (!seen.insert(id).second) errors.Add(path, "`" + id + "` appears twice in the scenario");
}

void CheckHire(const simulation::v1::HireChange& hire, const std::string& path,
               FieldErrors& errors) {
  CheckRequiredText(hire.team_id(), Path(path, "team_id"), "the team joined", errors);
  DayFrom(hire.has_start_date(), hire.start_date(), Path(path, "start_date"), errors);
  if (hire.has_ramp_weeks() && !(hire.ramp_weeks() > 0 && hire.ramp_weeks() <= kMaxWeeks)) {
    errors.Add(
        Path(path, "ramp_weeks"),
        absl::StrCat("is ", hire.ramp_weeks(), "; want a number above 0, at most ", kMaxWeeks));
  }
  if (hire.has_quota_per_period()) {
    CheckAmount(hire.quota_per_period(), Path(path, "quota_per_period"), errors);
  }
}

}  // namespace

void CheckScenario(const simulation::v1::Scenario& scenario, std::string_view path,
                   FieldErrors& errors) {
  CheckText(scenario.display_name(), Path(path, "display_name"), errors);
  CheckCount(scenario.initiatives_size(), kMaxScenarioInitiatives, Path(path, "initiatives"),
             errors);
  CheckCount(scenario.hires_size(), kMaxScenarioHires, Path(path, "hires"), errors);
  if (scenario.ByteSizeLong() > kMaxScenarioBytes) {
    errors.Add(path, absl::StrCat("takes ", scenario.ByteSizeLong(), " bytes; want at most ",
                                  kMaxScenarioBytes));
  }
  if (!errors.empty()) return;
  std::set<std::string> initiative_ids;
  for (int i = 0; i < scenario.initiatives_size(); ++i) {
    const std::string item = Item(Path(path, "initiatives"), i);
    CheckUnique(scenario.initiatives(i).initiative_id(), Path(item, "initiative_id"),
                initiative_ids, errors);
    CheckChange(scenario.initiatives(i), item, errors);
  }
  std::set<std::string> hire_ids;
  for (int i = 0; i < scenario.hires_size(); ++i) {
    const std::string item = Item(Path(path, "hires"), i);
    CheckUnique(scenario.hires(i).hire_id(), Path(item, "hire_id"), hire_ids, errors);
    CheckHire(scenario.hires(i), item, errors);
  }
  if (scenario.has_interference()) {
    const std::string item = Path(path, "interference");
    CheckRange(scenario.interference().median(), 0, kMaxInterferenceMedian, Path(item, "median"),
               errors);
    CheckRange(scenario.interference().log_sd(), 0, kMaxInterferenceLogSd, Path(item, "log_sd"),
               errors);
  }
}

std::string ScenarioHash(const simulation::v1::Scenario& scenario) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    scenario.SerializeToCodedStream(&output);
  }
  return digest::Sha256Hex(bytes);
}

}  // namespace quotacast::planning
