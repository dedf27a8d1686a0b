// The script of the screens that are opened now and then.
import { CompareScreen } from "../screens/compare";
import { ConnectScreen } from "../screens/connect";
import { DashboardScreen } from "../screens/dashboard";
import { provide } from "../screens/provided";
import { SessionScreen } from "../screens/session";
import { SessionsScreen } from "../screens/sessions";

provide({ compare: CompareScreen, connect: ConnectScreen, dashboard: DashboardScreen, session: SessionScreen, sessions: SessionsScreen });
