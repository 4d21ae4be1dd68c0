using ClassroomKD.Tests.Distributed;

// The test runner does not come here: processes of the distributed tests do.
return Scenarios.Run(args);
