"""What each state lets pass without an effect; a new event or state is decided on here or in the table."""

from kiosk.visit import State

IGNORABLE = {
    State.WELCOME: """
        CodeTyped Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeOpened BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.SCANNING: """
        CodeTyped ScanChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.TYPING: """
        ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.LOOKING_UP: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.CHOOSING_APPLICANTS: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.VERIFYING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.CHOOSING_SERVICE: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.CHECKING_DOCUMENTS: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.DECLARING_PRIORITY: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.ISSUING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted BookingFound TicketsFound WalkInFound
        DigitsRight DigitsWrong Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.PRINTING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued QueueFound
    """.split(),
    State.TICKET_PRINTED: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain QueueFound
    """.split(),
    State.TICKET_UNCERTAIN: """
        Interrupted CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued PrintUncertain QueueFound
    """.split(),
    State.TICKET_ON_SCREEN: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.REFUSED: """
        CodeTyped ScanChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong Printed
        PrintUncertain PrintFailed QueueFound
    """.split(),
    State.RATING: """
        Interrupted CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.COMMENT: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.THANKS: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.INFORMATION: """
        CodeTyped ScanChosen TypeChosen QueueStatusChosen RateChosen ApplicantToggled ApplicantsChosen
        DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing
        Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound
        TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain
        PrintFailed QueueFound
    """.split(),
    State.QUEUE_STATUS: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed
    """.split(),
    State.HELP: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused
        DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.STILL_THERE: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.CLOSED: """
        CodeTyped ScanChosen TypeChosen WalkInChosen QueueStatusChosen RateChosen HelpChosen Back Home
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed QueueFound
    """.split(),
    State.OUT_OF_SERVICE: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
    """.split(),
}
