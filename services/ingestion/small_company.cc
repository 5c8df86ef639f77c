#include "services/ingestion/small_company.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace quotacast::ingestion {

Files SnapshotCompany() {
  return {
      {"sales_teams.csv",
       "sales_agent,manager,regional_office\r\n"
       "Ada Quill,Mia Stone,North\r\n"
       "Ben Moss,Mia Stone,North\r\n"
       "Cora Dunn,Ned Price,South\r\n"},
      {"products.csv",
       "product,series,sales_price\r\n"
       "GTX Pro,GTX,4800\r\n"
       "Pump 2,PU,50\r\n"},
      {"accounts.csv",
       "account,sector,year_established,revenue,employees,office_location,subsidiary_of\r\n"
       "Harbour Works,industry,1991,10.5,80,Norway,\r\n"
       "\"Lakes, Ltd\",retail,2003,3.25,12,Kenya,Harbour Works\r\n"},
      {"sales_pipeline.csv",
       "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,"
       "close_value\r\n"
       "D1,Ada Quill,GTX Pro,Harbour Works,Won,2017-01-10,2017-03-01,4750\r\n"
       "D2,Ben Moss,Pump 2,\"Lakes, Ltd\",Won,2017-01-12,2017-03-31,55.50\r\n"
       "D3,Cora Dunn,GTX Pro,Harbour Works,Lost,2017-02-01,2017-04-02,0\r\n"
       "D4,Cora Dunn,Pump 2,,Engaging,2017-05-05,,\r\n"
       "D5,Ada Quill,GTXPro,Harbour Works,Engaging,2017-06-01,,\r\n"
       "D6,Ben Moss,Pump 2,,Prospecting,,,\r\n"},
  };
}

Files HistoryCompany() {
  return {
      {"teams.csv", "team_id,team_name,parent_team_id\nT1,All,\nT2,Field,T1\n"},
      {"reps.csv",
       "rep_id,rep_name,team_id,start_date,end_date\n"
       "R1,Ada Quill,T2,2016-01-01,\nR2,Ben Moss,T2,2016-03-01,2017-06-30\n"},
      {"products.csv", "product_id,product_name,series,list_price\nP1,Pump 1,PU,1000\n"},
      {"accounts.csv", "account_id,account_name,industry,location\nA1,Harbour Works,industry,NO\n"},
      {"opportunities.csv",
       "opportunity_id,rep_id,account_id,product_id,segment,created_date,amount,"
       "expected_close_date\n"
       "H1,R1,A1,P1,smb,2017-01-02,1200,2017-03-31\n"
       "H2,R2,A1,P1,smb,2017-01-05,900,2017-03-31\n"
       "H3,R1,A1,P1,enterprise,2017-02-01,20000,2017-06-30\n"},
      {"stage_history.csv",
       "opportunity_id,changed_date,stage,amount\n"
       "H1,2017-01-02,Discovery,1200\n"
       "H1,2017-01-20,Proposal,\n"
       "H1,2017-02-15,Closed Won,1150\n"
       "H2,2017-01-05,Discovery,900\n"
       "H2,2017-02-01,Closed Lost,\n"
       "H3,2017-02-01,Discovery,20000\n"
       "H3,2017-03-01,Proposal,\n"},
  };
}

std::string ProfileWithoutAliases() {
  return "extends = \"maventech\"\n"
         "name = \"plain\"\n"
         "[aliases.product_id]\n"
         "\"GTXPro\" = \"\"\n";
}

absl::StatusOr<v1::ImportFilesResponse> ImportFiles(Ingestion& ingestion,
                                                    std::string_view workspace,
                                                    const v1::ImportHeader& header,
                                                    const Files& files, size_t chunk_bytes) {
  ImportSession session = ingestion.StartImport();
  v1::ImportFilesRequest request;
  *request.mutable_header() = header;
  QC_RETURN_IF_ERROR(session.Add(request));
  for (const auto& file : files) {
    std::string_view rest = file.second;
    do {
      request.mutable_chunk()->set_file_name(file.first);
      request.mutable_chunk()->set_data(std::string(rest.substr(0, chunk_bytes)));
      QC_RETURN_IF_ERROR(session.Add(request));
      rest.remove_prefix(std::min(chunk_bytes, rest.size()));
    } while (!rest.empty());
  }
  return session.Finish(workspace, [] { return false; });
}

v1::ImportHeader ShippedProfile(const std::string& name) {
  v1::ImportHeader header;
  header.set_parent("workspaces/w");
  header.set_profile_name(name);
  return header;
}

v1::ImportHeader ProfileText(const std::string& toml) {
  v1::ImportHeader header;
  header.set_parent("workspaces/w");
  header.set_profile_text(toml);
  return header;
}

std::vector<std::string> LogLines(const eventlog::EventLog& log, std::string_view workspace) {
  std::vector<std::string> lines;
  int64_t offset = 0;
  while (true) {
    const std::vector<eventlog::StoredEvent> page = log.Read(workspace, offset, 1'000).value();
    if (page.empty()) return lines;
    for (const eventlog::StoredEvent& stored : page) {
      crm::v1::CrmEvent event;
      event.ParseFromString(stored.event.payload);
      const std::string day =
          stored.event.effective_time.has_value()
              ? absl::FormatTime("%Y-%m-%d", *stored.event.effective_time, absl::UTCTimeZone())
              : "undated";
      lines.push_back(absl::StrCat(stored.event.id.source_key, " ", stored.event.id.version, " @",
                                   day, ": ", event.ShortDebugString()));
      offset = stored.offset;
    }
  }
}

std::vector<std::string> ProblemLines(const v1::ImportFilesResponse& response) {
  std::vector<std::string> lines;
  for (const v1::RowProblem& problem : response.problems()) {
    lines.push_back(absl::StrCat(problem.severity() == v1::ROW_PROBLEM_SEVERITY_ERROR ? "E " : "W ",
                                 problem.file(), ":", problem.row(), " ", problem.field(), "=",
                                 problem.value(), " ", problem.reason()));
  }
  return lines;
}

}  // namespace quotacast::ingestion
