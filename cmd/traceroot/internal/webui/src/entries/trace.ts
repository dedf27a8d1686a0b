// The script of the screen of one trace.
import { TraceScreen } from "../screens/trace";
import { provide } from "../screens/provided";

provide({ trace: TraceScreen });
