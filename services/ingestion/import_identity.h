// What makes two imports the same one.
#ifndef QUOTACAST_SERVICES_INGESTION_IMPORT_IDENTITY_H_
#define QUOTACAST_SERVICES_INGESTION_IMPORT_IDENTITY_H_

#include <string>
#include <vector>

#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/mapped_file.h"

namespace quotacast::ingestion {

// A text that is equal for two imports exactly when their headers, but for the request id, and
// their files are (up to collisions of SHA-256), in whatever chunks the files came. Linear in the
// bytes; memory: a MiB.
std::string ImportIdentity(const v1::ImportHeader& header, const std::vector<UploadedFile>& files);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_IMPORT_IDENTITY_H_
